"""The settings of this project, for whoever starts Scrapy from Python."""

from scrapy.settings import Settings


def project_settings(**chosen: object) -> Settings:
    """Return the settings of this project with those that a command line chose."""
    settings = Settings()
    settings.setmodule("newsarchive.settings", priority="project")
    settings.setdict(chosen, priority="cmdline")
    return settings
