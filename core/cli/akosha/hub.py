"""The hub of a data folder: the one that runs, asked over HTTP, else opened here for the length of a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.akosha.application import AkoshaApplication
    from core.akosha.local import LocalServer
    from core.akosha.settings import HubSettings

Answer = dict[str, Any]
Asked = Callable[["LocalServer"], Answer]
Own = Callable[["AkoshaApplication"], Coroutine[Any, Any, Answer]]


def answer_of(settings: HubSettings, ask: Asked, own: Own) -> Answer:
    """`ask` of the hub that runs on the data folder, or `own` of one that is opened for it."""
    from core.akosha.local import find_server

    running = find_server(settings.data)
    return ask(running) if running is not None else asyncio.run(_opened(settings, own))


async def _opened(settings: HubSettings, own: Own) -> Answer:
    from core.akosha.application import AkoshaApplication

    async with AkoshaApplication(settings) as hub:
        return await own(hub)
