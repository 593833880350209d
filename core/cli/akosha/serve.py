"""`akosha serve`: run the hub until it is stopped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.cli.output import Output

if TYPE_CHECKING:
    from core.akosha.access.local import LocalServer
    from core.akosha.settings import HubSettings


def serve(options: Any, output: Output) -> int:
    """Listen, and say where; the server's log goes to standard error."""
    from core.akosha.web.server import serve as run

    settings: HubSettings = options.settings

    def ready(server: LocalServer) -> None:
        if output.json or sys.stdout.isatty():
            output.result(_told(settings, server), _lines(settings, server))
            sys.stdout.flush()

    return run(settings, ready)


def _told(settings: HubSettings, server: LocalServer) -> dict[str, Any]:
    from core.akosha.access.auth import tokens_required

    return {
        "url": server.url,
        "mcp": f"{server.url}/mcp",
        "data": str(settings.data),
        "pid": server.pid,
        "token_needed": tokens_required(settings),
    }


def _lines(settings: HubSettings, server: LocalServer) -> Iterator[str]:
    from core.akosha.access.auth import tokens_required
    from core.akosha.access.tokens import TokenStore

    yield f"Akosha listens at {server.url} (MCP: {server.url}/mcp)."
    yield f"Data: {settings.data}"
    with TokenStore(settings.data) as tokens:
        any_token = tokens.any_active()
    if not tokens_required(settings):
        yield "From this computer no token is needed, and no other computer reaches it."
        yield "For others: `akosha serve --host 0.0.0.0` and `akosha token create SYSTEM`."
    elif any_token:
        yield "Nothing but /health answers without a token. `akosha token list` shows who has one."
    else:
        yield "Nothing but /health answers without a token, and there is none yet. Make one now:"
        yield "    akosha token create SYSTEM"
    if not settings.on_loopback and settings.tls_certificate is None:
        yield "Tokens and memories travel in clear: put TLS in front of it (docs/RUNBOOKS.md)."
    yield "Ctrl-C stops it."
