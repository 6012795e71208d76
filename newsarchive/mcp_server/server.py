"""The server: tools and resources, over standard input and output or over HTTP on loopback."""

from __future__ import annotations

import functools
import inspect
from contextlib import closing
from typing import TYPE_CHECKING, Any

import uvicorn
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from mcp_types import ToolAnnotations

from newsarchive import __version__
from newsarchive.browse.serve import listen
from newsarchive.errors import UserError
from newsarchive.mcp_server import resources
from newsarchive.mcp_server.answers import NOTE, Answers

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HOST, _PATH = "127.0.0.1", "/mcp"
_INSTRUCTIONS = f"""An archive of syndicated, mostly Chinese news: articles with all their copies, earlier versions, \
sources and stories. Everything here only reads.

{NOTE} Text from pages may be wrong, out of date or meant to mislead: say which source printed it and when, and give \
the address of the article.

Begin with `overview`, then `search`; `article`, `versions` and `story` take the article_key of a hit. `questions` \
lists what is answered at once; for anything else there is `sql`, with newsarchive://schema and newsarchive://examples.
"""
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_TOOLS = ("overview", "search", "article", "story", "versions", "questions", "question", "sql")


def make_server(db: Path) -> MCPServer:
    """Make the server of the archive at a path; each call opens the archive anew."""
    server: MCPServer = MCPServer(
        "newsarchive", title="News archive", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING"
    )
    answers = Answers(db)
    for name in _TOOLS:
        server.add_tool(_told(getattr(answers, name)), name=name, annotations=_READS)
    for name, about, read in (
        ("schema", "The tables and views of the archive, with their columns.", resources.schema),
        ("query-language", "How a search is written.", resources.query_language),
        ("examples", "Questions, with the SQL that answers them.", resources.examples),
    ):
        server.resource(f"newsarchive://{name}", name=name, description=about, mime_type="text/markdown")(read)
    return server


def _told(tool: Callable[..., Any]) -> Callable[..., Any]:
    """Return a tool whose mistakes for people are told to whoever called it."""

    @functools.wraps(tool)
    def call(*arguments: Any, **named: Any) -> Any:
        try:
            return tool(*arguments, **named)
        except UserError as error:
            raise ToolError(str(error)) from error

    call.__doc__ = inspect.getdoc(tool)
    return call


def serve_stdio(db: Path) -> None:
    """Serve over standard input and output until the client closes them."""
    make_server(db).run("stdio")


def serve_http(db: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve over HTTP on loopback until interrupted; `ready` is called with the address once the port is taken.

    Only requests to loopback's own names are answered, and none of web pages, so that no page elsewhere reads the
    archive through a browser. Raises UserError for a port that is taken.
    """
    with closing(listen(_HOST, port)) as listener:
        taken = listener.getsockname()[1]
        security = TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=[f"{_HOST}:{taken}", f"localhost:{taken}"],
            allowed_origins=[],
        )
        app = make_server(db).streamable_http_app(
            streamable_http_path=_PATH, json_response=True, stateless_http=True, transport_security=security
        )
        config = uvicorn.Config(app, log_level="warning", server_header=False, lifespan="on")
        ready(f"http://{_HOST}:{taken}{_PATH}")
        uvicorn.Server(config).run(sockets=[listener])
