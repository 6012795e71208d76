"""Scrapy's settings for this project, each with the reason for its value.

Every one can be set for one run by `scrapy crawl -s NAME=VALUE`; ours (`NEWSARCHIVE_*`, explained in
`newsarchive.options`) by an environment variable of the same name as well. What a site asks for in its TOML
file (delay, concurrency) is set when a crawl of that site starts, and gives way to `-s`.
"""

from scrapy.settings import default_settings

from newsarchive import __version__
from newsarchive.errors import UserError
from newsarchive.options import from_environment
from newsarchive.project_path import check_packages, put_root_first

# `spiders` and `pipelines` are common names: a package of that name installed by somebody else must not be run.
put_root_first()
try:
    check_packages()
except UserError as error:
    raise SystemExit(f"newsarchive: {error}") from None

BOT_NAME = "newsarchive"
SPIDER_MODULES = ["spiders"]
NEWSPIDER_MODULE = "spiders"
# Our `scrapy crawl`: arguments are checked before anything starts, and a crawl that failed has an exit status.
COMMANDS_MODULE = "newsarchive.crawl.scrapy_commands"

globals().update(from_environment())

# --- Who we are and how fast we ask -----------------------------------------------------------------------------------
# One honest name; NEWSARCHIVE_CONTACT is added to it when the crawl starts.
USER_AGENT = f"newsarchive/{__version__}"
ROBOTSTXT_OBEY = True
# For a site that says nothing else: one request at a time and a second between two.
DOWNLOAD_DELAY = 1.0
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# A little chance in the delay, never below what was asked for (the throttle makes up for it).
DOWNLOAD_DELAY_JITTER = 0.2
# A server that answers slowly is asked more slowly. A site with a delay of zero (the sample on loopback) goes without.
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_TARGET_CONCURRENCY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
# Nothing here needs a session, and a cookie would make us one visitor to be followed.
COOKIES_ENABLED = False
# Chinese pages first, where a server offers a choice. Codings other than these two are not asked for.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
    "Accept-Encoding": "gzip, deflate",
}

# --- Bounds: nothing a server sends may fill the memory or hold the crawl --------------------------------------------
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 15
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0  # larger than the limit is refused; below it there is nothing to warn of
# A cut-off body is an error to be tried again, not half an article.
DOWNLOAD_FAIL_ON_DATALOSS = True
REDIRECT_MAX_TIMES = 5
# What a page says in its markup is data: a reload or "this page has moved" in it is not followed.
METAREFRESH_ENABLED = False
URLLENGTH_LIMIT = 2083
RETRY_TIMES = 2
# A page that failed three times is not lost: it stays in the frontier, and the reason is a row in `problems`.
RETRY_GIVE_UP_LOG_LEVEL = "INFO"
DOWNLOAD_VERIFY_CERTIFICATES = True

# --- Services and schemes that a crawler does not need ----------------------------------------------------------------
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# Only the web, and as patiently as it asks for: `file:`, `data:`, `ftp:` and `s3:` have no handler at all.
DOWNLOAD_HANDLERS = {
    **dict.fromkeys(("http", "https"), "newsarchive.crawl.http.retry_after.RetryAfterDownloadHandler"),
    **dict.fromkeys(("data", "file", "ftp", "s3"), None),
}

# --- Middlewares, extensions and pipelines ----------------------------------------------------------------------------
# Scrapy's own components that have no place here. It would import what is only turned off: a third of a second of
# every run, for a web server, a parser of domains and their like.
_UNUSED = {
    # Hosts are checked by our filter, which has no exceptions for redirects or unfiltered requests.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware",
    # Takes a robots.txt that did not come for leave to ask for everything.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware",
    # Hands on what it could read of a truncated body as if it were whole.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware",
    # No cookies, no reloads from markup, no cache but what `add` hands on: see above.
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware",
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware",
    "scrapy.downloadermiddlewares.httpcache.HttpCacheMiddleware",
    # Nothing here asks how deep a page lies.
    "scrapy.spidermiddlewares.depth.DepthMiddleware",
    # A line a minute that knows nothing of articles.
    "scrapy.extensions.logstats.LogStats",
    # Ways into a running crawl, and state that is kept in the archive.
    "scrapy.extensions.telnet.TelnetConsole",
    "scrapy.extensions.remote_control.RemoteControl",
    "scrapy.extensions.memdebug.MemoryDebugger",
    "scrapy.extensions.spiderstate.SpiderState",
}


def _used(components: dict[str, int]) -> dict[str, int]:
    return {name: order for name, order in components.items() if name not in _UNUSED}


# Scrapy's own, without what is of no use here.
DOWNLOADER_MIDDLEWARES_BASE = _used(default_settings.DOWNLOADER_MIDDLEWARES_BASE)
SPIDER_MIDDLEWARES_BASE = _used(default_settings.SPIDER_MIDDLEWARES_BASE)  # the same
EXTENSIONS_BASE = _used(default_settings.EXTENSIONS_BASE)  # the same
DOWNLOADER_MIDDLEWARES = {
    "newsarchive.crawl.http.offsite.OffsiteFilter": 50,
    "newsarchive.crawl.render.middleware.Rendering": 75,  # what comes to it is a whole page, after all redirects
    "newsarchive.crawl.http.robots.Robots": 100,
    "newsarchive.crawl.http.handed_on.HandedOn": 150,  # what `add` has fetched; whether it may be asked for is known
    "newsarchive.crawl.http.decompression.Decompression": 590,
}
# No site needs to hear what led to it.
REFERRER_POLICY = "no-referrer"
EXTENSIONS = {
    "newsarchive.crawl.session.Session": 100,
    "newsarchive.crawl.frontier_scheduler.FrontierScheduler": 200,
    "newsarchive.crawl.progress.Progress": 250,
    "newsarchive.crawl.http.crawl_delay.CrawlDelay": 300,  # after AutoThrottle, which would lower a delay again
}
# Pages are asked for in the order in which they were found (a stack is Scrapy's default): the oldest vanish first.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
# A response yields one page, and the pipelines wait for nothing: more workers a response (100 by default) only cost.
CONCURRENT_ITEMS = 1
# A check for a mistake that the linters find too; it reads the source of every callback, a second of every run.
WARN_ON_GENERATOR_RETURN_VALUE = False
ITEM_PIPELINES = {
    "pipelines.snapshot.Snapshot": 100,
    "pipelines.extract.Extract": 200,
    "pipelines.normalize.Normalize": 300,
    "pipelines.validate.Validate": 400,
    "pipelines.store.Store": 500,
}

# --- What is written --------------------------------------------------------------------------------------------------
LOG_LEVEL = "INFO"  # INFO is a page that an operator reads through
LOG_FORMATTER = "newsarchive.crawl.log_formatter.LogFormatter"
LOG_VERSIONS: list[str] = []
STATS_DUMP = False  # the summary at the end says it in words; the counts stand in `runs`
FEED_EXPORT_ENCODING = "utf-8"  # else a JSON feed escapes every Chinese character
