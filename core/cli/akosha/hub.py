"""The hub of a data folder: the one that runs, asked over HTTP, else opened here for the length of a command.

Another command may have it open for a second, or a hub may be just starting: both are waited for, a little.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from core.errors import BusyError

if TYPE_CHECKING:
    from core.akosha.access.local import LocalServer
    from core.akosha.application import AkoshaApplication
    from core.akosha.settings import HubSettings

T = TypeVar("T")
Answer = dict[str, Any]

WAIT_SECONDS = 15.0
_LOOK_SECONDS = 0.2


def answer_of(
    settings: HubSettings,
    ask: Callable[[LocalServer], Answer],
    own: Callable[[AkoshaApplication], Coroutine[Any, Any, Answer]],
) -> Answer:
    """`ask` of the hub that runs on the data folder, or `own` of one that is opened for it."""

    async def opened() -> Answer:
        from core.akosha.application import AkoshaApplication

        async with AkoshaApplication(settings) as hub:
            return await own(hub)

    return hub_or_own(settings, ask, lambda: asyncio.run(opened()))


def hub_or_own(settings: HubSettings, ask: Callable[[LocalServer], T], own: Callable[[], T]) -> T:
    """`ask` of the hub that runs on the data folder, or `own`, which opens it. Raises BusyError when neither can."""
    from core.akosha.access.local import find_server

    until = time.monotonic() + WAIT_SECONDS
    while True:
        running = find_server(settings.data)
        if running is not None:
            return ask(running)
        try:
            return own()
        except BusyError as error:
            if error.code != "akosha.data_in_use" or time.monotonic() > until:
                raise
        time.sleep(_LOOK_SECONDS)
