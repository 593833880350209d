"""One interface to the engine, wherever it runs: in this process, in a worker, or in the vault's owner.

`open_client` decides: it speaks to the owner's socket, or becomes the owner for as long as the client is open and
serves the socket meanwhile. Everything a client is asked ends in exactly one Done or Failed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from core.control import queue
from core.control.broadcast import Broadcast, Listener, until_end
from core.control.client import SocketEngine
from core.errors import BusyError, CogzyError
from core.files import file_error, translated
from core.sync.events import (
    Cancel,
    Command,
    Done,
    Event,
    Failed,
    ListFiles,
    ListUploads,
    Pause,
    Resume,
    Shutdown,
    Status,
)

if TYPE_CHECKING:
    from core.sync.engine import SyncEngine
    from core.sync.rules import Outside
    from core.vault.locks import OwnerKind, OwnerLock

log = logging.getLogger("core.client")

QUICK = (Cancel, Status, ListUploads, ListFiles, Pause, Resume, Shutdown)
"""Commands whose callers want their answer alone, not the events of a run that goes on beside it."""
OWNER_ANSWERS_SECONDS = 3.0
_STATUS_SECONDS = 2.0


class EngineClient(Protocol):
    """An engine, here or elsewhere."""

    def run(self, command: Command) -> AsyncIterator[Event]:
        """Run a command: its events, ending with Done or Failed.

        Closing the iterator early does not stop the command; Cancel does.
        """
        ...

    def subscribe(self) -> AsyncIterator[Event]:
        """Every event of the engine, whoever caused it."""
        ...

    async def close(self) -> None:
        """End what belongs to this client."""
        ...


class EngineError(CogzyError):
    """A Failed, as the exception it once was: code, params and exit code."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(str(failed.error.get("code", "client.internal")), **(failed.error.get("params") or {}))
        self.exit_code = failed.exit_code  # type: ignore[misc]  # the cause decides


async def finish(client: EngineClient, command: Command, on_event: Callable[[Event], None] | None = None) -> Any:
    """Run a command to its end and return its value. `on_event` sees every event before that. Raises EngineError."""
    async for event in client.run(command):
        if isinstance(event, Done):
            return event.value
        if isinstance(event, Failed):
            raise EngineError(event)
        if on_event is not None:
            on_event(event)
    raise EngineError(_failed("control.owner_gone"))


class HeardEngine(ABC):
    """An EngineClient that runs commands itself, whose every event can be heard. What is left to do is `execute`."""

    def __init__(self, broadcast: Broadcast | None = None) -> None:
        self._broadcast = broadcast or Broadcast()

    @abstractmethod
    async def execute(self, command: Command) -> Done | Failed:
        """Run a command and return its end alone. Never raises."""

    async def run(self, command: Command) -> AsyncIterator[Event]:
        """See EngineClient."""
        if isinstance(command, QUICK):
            yield await self.execute(command)
            return
        async for event in until_end(self._broadcast, self.execute(command)):
            yield event

    def listen(self) -> AbstractContextManager[Listener]:
        """Every event, through a listener."""
        return self._broadcast.listen()

    async def subscribe(self) -> AsyncIterator[Event]:
        """See EngineClient."""
        with self._broadcast.listen() as listener:
            while not listener.lost:
                yield await listener.get()


class LocalEngine(HeardEngine):
    """The engine in this process. Whoever makes one for more than Status holds the vault's owner.lock.

    `sparing`: see SyncContext.
    """

    def __init__(
        self,
        vault: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        broadcast: Broadcast | None = None,
        outside: Callable[[], Outside] | None = None,
        sparing: bool = False,
    ) -> None:
        super().__init__(broadcast)
        self._outside = outside
        self._sparing = sparing
        self._vault = vault
        self._environ = environ
        self._engine: SyncEngine | None = None

    async def execute(self, command: Command) -> Done | Failed:
        """See HeardEngine."""
        try:
            return Done(await self._open().run(command))
        except CogzyError as error:
            return Failed(error.as_json(), error.exit_code)
        except asyncio.CancelledError:
            return _failed("client.cancelled")
        except OSError as error:
            log.exception("%s met the system", type(command).__name__)
            met = file_error(error, self._vault)
            return Failed(met.as_json(), met.exit_code)
        except Exception as error:
            log.exception("%s failed unexpectedly", type(command).__name__)
            return _failed("client.internal", kind=type(error).__name__, command=type(command).__name__)

    async def close(self) -> None:
        """Close the engine, if it was needed."""
        engine, self._engine = self._engine, None
        if engine is not None:
            await engine.close()

    def _open(self) -> SyncEngine:
        if self._engine is None:
            from core.sync.engine import SyncEngine
            from core.sync.rules import Outside

            self._broadcast.attach()
            self._engine = SyncEngine(
                self._vault,
                environ=self._environ,
                emit=self._broadcast.emit,
                outside=self._outside or Outside,
                sparing=self._sparing,
            )
        return self._engine


@asynccontextmanager
async def open_client(
    vault: Path, kind: OwnerKind = "cli", environ: Mapping[str, str] = os.environ
) -> AsyncIterator[EngineClient]:
    """The vault's engine: the owner's, or one of our own while this context lasts.

    Raises BusyError when an owner holds the vault and does not answer.
    """
    there = SocketEngine(vault)
    if await there.answers():
        yield there
        return
    lock = await _become_owner(vault, kind, there)
    if lock is None:
        yield there
        return
    from core.control.server import ControlServer

    try:
        here = LocalEngine(vault, environ)
        server = ControlServer(vault, here)
        try:
            await server.start()
            queue.started(vault)
            yield here
            await server.idle()  # callers that found us while we worked
        finally:
            await server.close()
            await here.close()
    finally:
        lock.release()
        if queue.waiting(vault):
            queue.start_drain(vault)


async def read_status(vault: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """What `cogzy status --json` prints: the owner's word when there is one, else read without becoming the owner."""
    from core.vault.locks import owner

    value: Any = None
    there = SocketEngine(vault)
    if await there.answers():
        try:
            async with asyncio.timeout(_STATUS_SECONDS):
                value = await finish(there, Status())
        except (CogzyError, TimeoutError):
            value = None  # it is leaving or hung: read what it left
    if value is None:
        here = LocalEngine(vault, environ)
        try:
            value = await finish(here, Status())
        finally:
            await here.close()
    who = owner(vault)
    return {**value, "owner": {"kind": who.kind, "pid": who.pid} if who else {"kind": "none", "pid": None}}


async def _become_owner(vault: Path, kind: OwnerKind, there: SocketEngine) -> OwnerLock | None:
    """The owner.lock, held; or None when the owner that holds it answers after all (it was starting)."""
    from core.vault.locks import owner_lock

    with translated(vault):
        os.makedirs(vault, mode=0o700, exist_ok=True)  # noqa: PTH103  # no coroutine for it; a new vault needs it once
    lock = owner_lock(vault, kind)
    deadline = time.monotonic() + OWNER_ANSWERS_SECONDS
    while True:
        try:
            lock.acquire()
        except BusyError as error:
            if await there.answers():
                return None
            if time.monotonic() > deadline:
                raise BusyError("control.owner_silent", vault=str(vault), **error.params) from error
            await asyncio.sleep(0.02)
        else:
            return lock


def _failed(code: str, **params: str) -> Failed:
    error = CogzyError(code, **params)
    return Failed(error.as_json(), error.exit_code)
