"""Sites as data: one TOML file a site, read into a typed `Site`."""

from newsarchive.sites.loader import SiteError, load_site, site_names
from newsarchive.sites.model import Layout, Listing, Politeness, ShareService, Site

__all__ = ["Layout", "Listing", "Politeness", "ShareService", "Site", "SiteError", "load_site", "site_names"]
