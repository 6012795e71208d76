"""The built-in sample site: an invented mirror, its share service and its origin, on one loopback port."""

from newsarchive.demo.expected import Expected, merged, truth
from newsarchive.demo.server import Request, RunningServer, serve
from newsarchive.demo.site import DemoSite

__all__ = ["DemoSite", "Expected", "Request", "RunningServer", "merged", "serve", "truth"]
