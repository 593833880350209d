"""Both ends of the worker: the engine in a child process, so that its heavy libraries live and die there.

The child gets JSON lines on its standard input: first `{"v": 1, "vault": ..., "environ": {...}}` with the secrets as
COGZY_* names, then `{"v": 1, "id": n, "message": command}`. It answers `{"v": 1, "id": n, "message": Done | Failed}`,
and every other event with id 0. The end of its input ends it within seconds.

Invariants:
- A secret crosses the pipe and nothing else: not the arguments, not the real environment.
- The parent alone decides when an idle child goes (it closes the pipe), so no command can meet one that is leaving.
- A child that dies is an event: every command it had fails with `worker.died`, and the next one starts a new child.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from core.client import HeardEngine, LocalEngine
from core.control.broadcast import Broadcast, Listener
from core.control.wire import LONGEST_EVENT, parse
from core.errors import CogzyError
from core.process import kill, own_command, share_heap
from core.sync.events import PROTOCOL_VERSION, Cancel, Command, Done, Event, Failed, Notice, Shutdown, to_wire

log = logging.getLogger("core.worker")

IDLE_SECONDS = 60.0
LEAVING_SECONDS = 5.0


class WorkerEngine(HeardEngine):
    """The engine in a child process (see core.client.EngineClient). Usable again after `close`.

    `secrets` gives the COGZY_* values that the child needs; it is asked at each start of a child.
    """

    def __init__(
        self,
        vault: Path,
        *,
        secrets: Callable[[], Awaitable[Mapping[str, str]]] | None = None,
        idle_seconds: float = IDLE_SECONDS,
        command: list[str] | None = None,
        broadcast: Broadcast | None = None,
    ) -> None:
        super().__init__(broadcast)
        self._vault = vault
        self._secrets = secrets
        self._idle_seconds = idle_seconds
        self._command = command or own_command("--worker")
        self._starting = asyncio.Lock()
        self._child: _Child | None = None
        self._retiring: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it is warm."""
        return self._child.process.pid if self._child is not None else None

    async def close(self, seconds: float = LEAVING_SECONDS) -> None:
        """End the child: its input is closed, and after `seconds` it is killed."""
        self._stay()
        async with self._starting:  # a child that is just being started is ours too
            child, self._child = self._child, None
        if child is not None:
            await child.leave(seconds)

    async def execute(self, command: Command) -> Done | Failed:
        """See HeardEngine."""
        if isinstance(command, Cancel) and self._child is None:
            return Done()  # nothing runs
        async with self._starting:
            if self._child is None:
                try:
                    self._child = await self._start()
                except OSError as error:
                    return _died(error.strerror or str(error))
            child = self._child
        self._stay()
        end = await child.ask(command)
        if not child.busy:
            self._retire_later(child)
        return end

    async def _start(self) -> _Child:
        secrets = dict(await self._secrets()) if self._secrets is not None else {}
        process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_EVENT,
        )
        child = _Child(process, self._broadcast.emit, self._gone)
        child.send({"v": PROTOCOL_VERSION, "vault": str(self._vault), "environ": secrets})
        return child

    def _gone(self, child: _Child, code: int, expected: bool) -> None:
        if self._child is child:
            self._child = None
        if not expected:
            log.error("the worker (pid %d) ended with code %d", child.process.pid, code)
            self._broadcast.emit(Notice("worker.died", {"status": code}))

    def _retire_later(self, child: _Child) -> None:
        self._stay()

        def retire() -> None:
            if self._child is child and not child.busy:
                self._child = None
                child.close_input()

        self._retiring = asyncio.get_running_loop().call_later(self._idle_seconds, retire)

    def _stay(self) -> None:
        if self._retiring is not None:
            self._retiring.cancel()
            self._retiring = None


class _Child:
    """One worker process: who waits for which answer."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        emit: Callable[[Event], None],
        gone: Callable[[_Child, int, bool], None],
    ) -> None:
        self.process = process
        self._emit = emit
        self._gone = gone
        self._waiting: dict[int, asyncio.Future[Done | Failed]] = {}
        self._last_id = 0
        self._leaving = False
        self._reading = asyncio.create_task(self._read())

    @property
    def busy(self) -> bool:
        """Whether a command runs."""
        return bool(self._waiting)

    def send(self, line: dict[str, Any]) -> None:
        """Write one line to the child. To one that is gone it is lost: `_read` sees its end."""
        assert self.process.stdin is not None  # started with a pipe
        self.process.stdin.write(json.dumps(line).encode() + b"\n")

    async def ask(self, command: Command) -> Done | Failed:
        """Send a command and wait for its end."""
        self._last_id += 1
        number = self._last_id
        answer: asyncio.Future[Done | Failed] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        if self._reading.done():
            return _died(self.process.returncode)
        self.send({"v": PROTOCOL_VERSION, "id": number, "message": to_wire(command)})
        try:
            return await answer
        finally:
            self._waiting.pop(number, None)

    def close_input(self) -> None:
        """Let the child end."""
        self._leaving = True
        assert self.process.stdin is not None
        self.process.stdin.close()

    async def leave(self, seconds: float) -> None:
        """Let the child end, and kill it when it does not."""
        self.close_input()
        try:
            async with asyncio.timeout(seconds):
                await asyncio.shield(self._reading)
        except TimeoutError:
            kill(self.process)
            await self._reading

    async def _read(self) -> None:
        assert self.process.stdout is not None
        try:
            while line := await self.process.stdout.readline():
                self._take(line)
        except (ValueError, KeyError, TypeError, CogzyError):
            log.exception("the worker (pid %d) sent something else than events", self.process.pid)
            kill(self.process)
        code = await self.process.wait()
        unanswered = [answer for answer in self._waiting.values() if not answer.done()]
        expected = self._leaving and not unanswered
        for answer in unanswered:
            answer.set_result(_died(code))
        self._gone(self, code, expected)

    def _take(self, line: bytes) -> None:
        data = json.loads(line)
        message = parse(data["message"])
        if not isinstance(message, Event):
            raise TypeError(type(message).__name__)
        if data["id"] == 0:
            self._emit(message)
            return
        answer = self._waiting.get(data["id"])
        if answer is not None and not answer.done() and isinstance(message, Done | Failed):
            answer.set_result(message)


def _died(code: int | str | None) -> Failed:
    error = CogzyError("worker.died", status=code)
    return Failed(error.as_json(), error.exit_code)


def main() -> int:
    """`cogzy --worker`: serve the parent at the other end of the pipe until it closes its end."""
    share_heap()
    out = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not stand between the events
    lines = _Lines(0)
    try:
        first = json.loads(lines.next() or b"null")
        vault, environ = Path(first["vault"]), {**os.environ, **first["environ"]}
    except (ValueError, KeyError, TypeError):
        return 2
    asyncio.run(_serve(vault, environ, lines, out))
    return 0


async def _serve(vault: Path, environ: Mapping[str, str], lines: _Lines, out: int) -> None:
    from core.logs import configure

    configure(vault, environ)
    engine = LocalEngine(vault, environ, sparing=True)  # the app is there as well
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    running: set[asyncio.Task[None]] = set()

    def answer(number: int, event: Event) -> None:
        line = json.dumps({"v": PROTOCOL_VERSION, "id": number, "message": to_wire(event)}).encode() + b"\n"
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(out, view) :]
        except OSError:
            ended.set()  # the parent is gone

    async def run(number: int, command: Command) -> None:
        answer(number, await engine.execute(command))
        if isinstance(command, Shutdown):
            ended.set()

    def take(line: bytes) -> None:
        data = json.loads(line)
        message = parse(data["message"])
        if isinstance(message, Command):
            task = asyncio.create_task(run(data["id"], message))
            running.add(task)
            task.add_done_callback(running.discard)

    def read() -> None:
        while (line := lines.next()) is not None:
            loop.call_soon_threadsafe(take, line)
        loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=read, name="commands", daemon=True).start()
    with engine.listen() as listener:
        passing_on = asyncio.create_task(_pass_on(listener, answer))
        await ended.wait()
        _end_for_certain()
        if running:
            await engine.execute(Cancel())
            await asyncio.wait(running, timeout=LEAVING_SECONDS / 2)
        passing_on.cancel()
    await engine.close()


async def _pass_on(listener: Listener, answer: Callable[[int, Event], None]) -> None:
    while True:
        answer(0, await listener.get())


def _end_for_certain() -> None:
    """End this process even when a library holds on to it."""
    timer = threading.Timer(LEAVING_SECONDS - 1, os._exit, [1])
    timer.daemon = True
    timer.start()


class _Lines:
    """Lines of a descriptor, read without Python's buffered streams: those lock, and a daemon thread may wait here."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""

    def next(self) -> bytes | None:
        """The next whole line, or None at the end."""
        while b"\n" not in self._rest:
            block = os.read(self._descriptor, 1 << 16)
            if not block:
                return None
            self._rest += block
        line, self._rest = self._rest.split(b"\n", 1)
        return line
