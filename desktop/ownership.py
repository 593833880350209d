"""Who runs the vault's engine: this app, or for now somebody else's command.

The app owns the vault for its whole life (owner.lock, the command socket, the queue). When it starts while a command
(`cogzy sync`) owns it, the app is a guest at that owner's socket, and takes over when the owner is gone. Where the
vault cannot be owned at all (no room, no right to write), `problem` says why, and it is tried again.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Protocol

from core.control import queue
from core.control.broadcast import Broadcast, Listener
from core.control.client import SocketEngine
from core.control.server import ControlServer
from core.control.wire import ControlError
from core.errors import BusyError, CogzyError
from core.files import translated
from core.sync.events import Command, Done, Event, Failed, Notice, Status, Sync
from core.sync.rules import Outside
from core.vault.locks import Owner, OwnerLock, owner_lock
from desktop.engine import AppEngine, Secrets
from desktop.unexpected import lasting

log = logging.getLogger("desktop.ownership")

TAKE_OVER_SECONDS = 0.5
PROBLEM_SECONDS = 10.0
LETTING_GO_SECONDS = 0.2
"""What callers' commands get at the end, before the worker is told to cancel them."""


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
        held: Callable[[], str | None] = lambda: None,
        show: Callable[[str], bool] = lambda _: False,
        shut_down: Callable[[], None] = lambda: None,
    ) -> None:
        self._vault = vault
        self._environ = environ
        self._secrets = secrets
        self._surroundings = surroundings
        self._changed = changed
        self._held = held
        self._show = show
        self._shut_down = shut_down
        self._lock: OwnerLock = owner_lock(vault, "app")
        self._broadcast = Broadcast()
        self._server: ControlServer | None = None
        self._queue_changed = asyncio.Event()
        self._pass_on: asyncio.Task[None] | None = None
        self.own: AppEngine | None = None
        self.other: Owner | None = None
        self.problem: CogzyError | None = None
        self.seconds_to_end = 4.0
        """What the worker gets to end cleanly, before it is killed. A session that ends gives less."""

    @property
    def engine(self) -> Engine:
        """The engine to talk to now."""
        return self.own or SocketEngine(self._vault)

    @property
    def owner(self) -> Owner | None:
        """Who owns the vault, as far as this app knows."""
        return Owner("app", os.getpid()) if self.own is not None else self.other

    def listen(self) -> AbstractContextManager[Listener]:
        """Every event of whichever engine it is."""
        return self._broadcast.listen()

    def look_at_queue(self) -> None:
        """What held requests back may be over."""
        self._queue_changed.set()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Own the vault, now or as soon as its owner is gone, until the block ends."""
        tasks = [asyncio.create_task(lasting(self._drain))]
        if not await self._take():
            tasks.append(asyncio.create_task(lasting(self._be_guest)))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.shield(self._let_go())

    async def _take(self) -> bool:
        """Become the owner; False when somebody else is, or nobody can be."""
        try:
            await asyncio.to_thread(self._acquire)
            await self._serve()
        except BusyError as error:
            self.other = Owner(str(error.params.get("kind")), int(error.params.get("pid") or 0))
        except CogzyError as error:
            log.error("the vault cannot be owned: %s", error.code)
            self._lock.release()
            self.problem = error
        else:
            self.other = self.problem = None
        self._changed()
        return self.own is not None

    def _acquire(self) -> None:
        with translated(self._vault):
            self._vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock.acquire()

    async def _serve(self) -> None:
        own = AppEngine(
            self._vault,
            self._environ,
            secrets=self._secrets,
            surroundings=self._surroundings,
            changed=self._changed,
        )
        server = ControlServer(
            self._vault, own, on_queue=self._queue_changed.set, on_show=self._show, on_shutdown=self._shut_down
        )
        await server.start()
        queue.started(self._vault)
        self.own, self._server = own, server
        self._pass_on = asyncio.create_task(lasting(partial(self._forward, own)))
        self._queue_changed.set()

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
            await asyncio.sleep(TAKE_OVER_SECONDS if self.problem is None else PROBLEM_SECONDS)

    async def _forward(self, own: AppEngine) -> None:
        while True:
            with own.listen() as listener:
                while not listener.lost:
                    self._broadcast.emit(await listener.get())
            self._broadcast.emit(Notice("worker.events_lost"))

    async def _drain(self) -> None:
        """Do what `cogzy sync --queue` left, whenever something was left and nothing holds it back."""
        while True:
            await self._queue_changed.wait()
            self._queue_changed.clear()
            while (own := self.own) is not None and (requests := queue.waiting(self._vault)):
                wanted = Sync(**queue.merged(requests))
                if wanted.trigger != "user" and (self._held() is not None or await _is_paused(own)):
                    break  # it waits in its file
                end: Event | None = None
                async for event in own.run(wanted):
                    end = event  # everybody hears the events; the last one is the end
                cut = isinstance(end, Failed) and end.error.get("code") == "sync.cancelled"
                if cut and wanted.trigger != "user" and (self._held() is not None or await _is_paused(own)):
                    break  # what holds it back came while it ran
                for path in requests:
                    path.unlink(missing_ok=True)

    async def _let_go(self) -> None:
        if self._server is not None:
            await self._server.close(grace=LETTING_GO_SECONDS)
        if self.own is not None:
            await self.own.close(self.seconds_to_end)
        if self._pass_on is not None:
            self._pass_on.cancel()
        self._lock.release()


async def _is_paused(own: AppEngine) -> bool:
    """Asked of the engine itself: what the window knows may be older than a pause, and is nothing yet at the start."""
    told = await own.execute(Status())
    return isinstance(told, Done) and told.value["state"] == "paused"
