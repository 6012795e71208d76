"""Sites as data: one TOML file a site, read into a typed `Site`."""

from newsarchive.sites.loader import SiteError, load_site, site_names
from newsarchive.sites.model import Feed, JsonList, Layout, Listing, Politeness, Recheck, ShareService, Site, Vanished

__all__ = [
    "Feed",
    "JsonList",
    "Layout",
    "Listing",
    "Politeness",
    "Recheck",
    "ShareService",
    "Site",
    "SiteError",
    "Vanished",
    "load_site",
    "site_names",
]
