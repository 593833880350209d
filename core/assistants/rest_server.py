"""`cogzy serve`: the REST routes on a loopback port of this computer, and the token that opens them."""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.credentials import CredentialError, Credentials, SecretName
from core.logs import remember_secret

HOST = "127.0.0.1"
TOKEN: SecretName = "rest_token"  # noqa: S105  # the name of a secret
_CONNECTIONS = 64
_LAST_ANSWERS_SECONDS = 3


@dataclass(frozen=True)
class Token:
    """What opens the routes. `is_new`: it was made just now, so that nobody knows it yet; `kept`: it outlives us."""

    value: str
    is_new: bool
    kept: bool


async def token_of(
    vault: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    renew: bool = False,
    credentials: Credentials | None = None,
) -> Token:
    """The vault's token: COGZY_REST_TOKEN, else the one in the keychain, else a new one.

    Where there is no keychain, a new one lasts as long as this process.
    """
    credentials = credentials or Credentials(vault, environ)
    try:
        found = None if renew and not environ.get("COGZY_REST_TOKEN") else await credentials.get(TOKEN)
        if found is not None:
            return Token(found.value, is_new=False, kept=True)
    except CredentialError:
        return _made(kept=False)
    made = _made(kept=True)
    try:
        await credentials.set(TOKEN, made.value)
    except CredentialError:
        return Token(made.value, is_new=True, kept=False)
    return made


def serve(vault: Path, token: str, port: int, on_ready: Callable[[str], None], environ: Mapping[str, str]) -> int:
    """Answer on `port` (0: any) until a signal. `on_ready` is told the address once it listens.

    Raises BusyError("rest.port_in_use").
    """
    from core.akosha.web import listening as sockets
    from core.errors import BusyError

    try:
        listening = sockets.listen(HOST, port)
    except BusyError as error:
        raise BusyError("rest.port_in_use", port=port) from error
    try:
        asyncio.run(_serve(vault, token, listening, on_ready, environ))
    finally:
        listening.close()
    return 0


async def _serve(
    vault: Path, token: str, listening: socket.socket, on_ready: Callable[[str], None], environ: Mapping[str, str]
) -> None:
    import uvicorn

    from core.akosha.web import listening as sockets
    from core.akosha.web.connection import MOST_HEADER_BYTES, timed
    from core.assistants.rest import READ_SECONDS, create_app

    config = uvicorn.Config(
        create_app(vault, environ, token),
        http=timed(READ_SECONDS),
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=sockets.BACKLOG,
        limit_concurrency=_CONNECTIONS,
        timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        h11_max_incomplete_event_size=MOST_HEADER_BYTES,
    )
    server = sockets.quiet_server(config)

    def stop() -> None:
        server.should_exit = True

    def hurry() -> None:
        server.should_exit = server.force_exit = True

    with sockets.signals(stop, hurry):
        on_ready(f"http://{HOST}:{listening.getsockname()[1]}")
        await server.serve([listening])


def _made(*, kept: bool) -> Token:
    value = "cz_" + secrets.token_urlsafe(32)
    remember_secret(value)
    return Token(value, is_new=True, kept=kept)
