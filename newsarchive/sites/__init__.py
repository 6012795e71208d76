"""Sites as data: one TOML file a site, read into a typed `Site`."""

from newsarchive.models import Recheck
from newsarchive.sites.loader import SiteError, catalogue_names, load_site, site_files, site_names
from newsarchive.sites.model import (
    FallbackSource,
    Feed,
    JsonList,
    Layout,
    Listing,
    Politeness,
    Render,
    Retention,
    ShareService,
    Site,
)

__all__ = [
    "FallbackSource",
    "Feed",
    "JsonList",
    "Layout",
    "Listing",
    "Politeness",
    "Recheck",
    "Render",
    "Retention",
    "ShareService",
    "Site",
    "SiteError",
    "catalogue_names",
    "load_site",
    "site_files",
    "site_names",
]
