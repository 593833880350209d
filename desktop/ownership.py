"""Who runs the vault's engine: this app, or for now somebody else's command.

The app owns the vault for its whole life (owner.lock, the command socket, the queue). When it starts while a command
(`cogzy sync`) owns it, the app is a guest at that owner's socket, and takes over when the owner is gone.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import Protocol

from core.control import queue
from core.control.broadcast import Broadcast, Listener
from core.control.client import SocketEngine
from core.control.server import ControlServer
from core.control.wire import ControlError
from core.errors import BusyError, CogzyError
from core.sync.events import Command, Event, Notice, Sync
from core.sync.rules import Outside
from core.vault.locks import Owner, OwnerLock, owner_lock
from desktop.engine import AppEngine, Secrets

log = logging.getLogger("desktop.ownership")

TAKE_OVER_SECONDS = 0.5


class Engine(Protocol):
    """What the model talks to: the app's own engine, or a guest's view of another owner's."""

    def run(self, command: Command) -> AsyncIterator[Event]:
        """See core.client.EngineClient."""
        ...


class Ownership:
    """Owns the vault as soon as it can. `changed` is called when the engine is another one than before."""

    def __init__(
        self,
        vault: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        secrets: Secrets | None = None,
        surroundings: Callable[[], Outside] = Outside,
        changed: Callable[[], None] = lambda: None,
        show: Callable[[], bool] = lambda: False,
        shut_down: Callable[[], None] = lambda: None,
    ) -> None:
        self._vault = vault
        self._environ = environ
        self._secrets = secrets
        self._surroundings = surroundings
        self._changed = changed
        self._show = show
        self._shut_down = shut_down
        self._lock: OwnerLock = owner_lock(vault, "app")
        self._broadcast = Broadcast()
        self._server: ControlServer | None = None
        self._queue_changed = asyncio.Event()
        self.own: AppEngine | None = None
        self.other: Owner | None = None

    @property
    def engine(self) -> Engine:
        """The engine to talk to now."""
        return self.own or SocketEngine(self._vault)

    def listen(self) -> AbstractContextManager[Listener]:
        """Every event of whichever engine it is."""
        return self._broadcast.listen()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Own the vault, now or as soon as its owner is gone, until the block ends."""
        async with asyncio.TaskGroup() as group:
            tasks = []
            if not await self._take():
                tasks.append(group.create_task(self._be_guest()))
            tasks.append(group.create_task(self._drain()))
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.shield(self._let_go())

    async def _take(self) -> bool:
        """Become the owner; False when somebody else is."""
        try:
            self._lock.acquire()
        except BusyError as error:
            self.other = Owner(str(error.params.get("kind")), int(error.params.get("pid") or 0))
            return False
        own = AppEngine(self._vault, self._environ, secrets=self._secrets, surroundings=self._surroundings)
        server = ControlServer(
            self._vault,
            own,
            on_queue=self._queue_changed.set,
            on_show=self._show,
            on_shutdown=self._shut_down,
        )
        try:
            await server.start()
        except CogzyError:
            self._lock.release()
            raise
        queue.started(self._vault)
        self.own, self._server, self.other = own, server, None
        self._pass_on = asyncio.create_task(self._forward(own))
        self._queue_changed.set()
        self._changed()
        return True

    async def _be_guest(self) -> None:
        """Hear the other owner's events; take over when it is gone."""
        while True:
            try:
                async for event in SocketEngine(self._vault).subscribe():
                    self._broadcast.emit(event)
            except ControlError:
                log.debug("the vault's owner does not listen")
            if await self._take():
                return
            await asyncio.sleep(TAKE_OVER_SECONDS)

    async def _forward(self, own: AppEngine) -> None:
        with own.listen() as listener:
            while not listener.lost:
                self._broadcast.emit(await listener.get())
        self._broadcast.emit(Notice("worker.events_lost"))

    async def _drain(self) -> None:
        """Do what `cogzy sync --queue` left, whenever something was left."""
        while True:
            await self._queue_changed.wait()
            self._queue_changed.clear()
            while (own := self.own) is not None and (requests := queue.waiting(self._vault)):
                async for _ in own.run(Sync(**queue.merged(requests))):
                    pass  # everybody hears the events; the run's end is in the history
                for path in requests:
                    path.unlink(missing_ok=True)

    async def _let_go(self) -> None:
        if self._server is not None:
            await self._server.close()
        if self.own is not None:
            await self.own.close()
            self._pass_on.cancel()
        self._lock.release()
