"""`cogzy serve`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.cli.output import Output

if TYPE_CHECKING:
    from core.assistants.rest_server import Token


def serve(options: Any, output: Output) -> int:
    """Let programs of this computer ask, over REST."""
    from core.assistants import rest_server

    token = asyncio.run(rest_server.token_of(options.vault, renew=options.new_token))
    if options.show_token or options.new_token:
        output.result({"token": token.value, "kept": token.kept}, [token.value])
        return 0

    def ready(url: str) -> None:
        shown = {"token": token.value} if token.is_new else {}
        output.result({"url": url, "openapi": f"{url}/openapi.json", **shown}, _lines(url, token))
        sys.stdout.flush()

    return rest_server.serve(options.vault, token.value, options.port, ready, os.environ)


def _lines(url: str, token: Token) -> Iterator[str]:
    yield f"Listening at {url}, for this computer alone. {url}/openapi.json describes it; Ctrl+C ends it."
    if token.is_new:
        yield f"The token, shown this once: {token.value}"
        yield "It is kept in the keychain." if token.kept else "There is no keychain: it lasts until this ends."
