"""A TCP proxy that does what networks do: cut, stall, crawl, flip a bit, reset, lose a reply, answer for somebody else.

    async with FaultProxy(server.url) as proxy:            # in this event loop
    with FaultProxy(server.url).in_thread() as proxy:      # beside it: for child processes and blocking clients
        proxy.script = on("PUT", cut(after=1000), times=1) # asked once for each HTTP request; None lets it pass
        use(proxy.url)
        proxy.requests                                     # what came through, in order
        proxy.go_down(); proxy.come_back()                 # the port refuses connections meanwhile (async: await them)

Positions count bytes of the body in the given direction; -1 is before the head, so `cut(after=-1, way="down")` is a
lost reply. Only plain HTTP/1.1 is understood; TLS or anything else passes untouched as one long head.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

Way = Literal["up", "down"]
_END = b"\r\n\r\n"
_TURNS = 8
"""Of the loop, within which a connection that was accepted has a task that closes it. A server that closes in between
leaves it open for ever (python/cpython#109564)."""


@dataclass(frozen=True)
class Request:
    """One HTTP request on its way up; `index` counts all requests of the proxy, `connection` its connections."""

    index: int
    connection: int
    method: str
    path: str
    size: int
    head: bytes = field(repr=False)


@dataclass(frozen=True)
class Fault:
    """What happens to one request. Made by the functions below."""

    kind: Literal["cut", "reset", "stall", "throttle", "flip", "answer"]
    way: Way = "up"
    after: int = 0
    bytes_per_second: int = 0
    seconds: float | None = None
    reply: bytes = b""


Script = Callable[[Request], Fault | None]


def cut(after: int = 0, way: Way = "up") -> Fault:
    """Close the connection after so many bytes."""
    return Fault("cut", way, after)


def reset(after: int = -1, way: Way = "up") -> Fault:
    """Reset the connection (RST) after so many bytes."""
    return Fault("reset", way, after)


def stall(after: int = 0, way: Way = "up", seconds: float | None = None) -> Fault:
    """Stop passing on after so many bytes: for `seconds`, or for ever, with the connection open."""
    return Fault("stall", way, after, seconds=seconds)


def throttle(bytes_per_second: int, way: Way = "up") -> Fault:
    """Pass on slowly."""
    return Fault("throttle", way, bytes_per_second=bytes_per_second)


def flip(at: int = 0, way: Way = "up") -> Fault:
    """Flip one bit of body byte `at`."""
    return Fault("flip", way, at)


def lost_reply() -> Fault:
    """The server does the work; the connection closes before its answer arrives."""
    return cut(-1, "down")


def answer(status: str, body: bytes = b"", **headers: str) -> Fault:
    """Answer instead of the server: `answer("503 Slow Down", retry_after="1")`."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return Fault("answer", reply="\r\n".join(lines).encode() + _END + body)


def always(fault: Fault) -> Script:
    """The same fault for every request."""
    return lambda request: fault


def on(method: str, fault: Fault, *, match: str = "", skip: int = 0, times: int = 1 << 30) -> Script:
    """`fault` for requests of `method` ("" for any) whose path has `match`: after `skip` of them, for `times`."""
    seen = 0

    def script(request: Request) -> Fault | None:
        nonlocal seen
        if (method and request.method != method) or match not in request.path:
            return None
        seen += 1
        return fault if skip < seen <= skip + times else None

    return script


class FaultProxy:
    """Between a client and the server at `target` (a URL)."""

    def __init__(self, target: str, script: Script | None = None) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.script = script
        self.requests: list[Request] = []
        self.connections = 0
        self.bytes_up = 0
        self.bytes_down = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """What the client uses instead of the server's URL."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> FaultProxy:
        await self.come_back()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.go_down()

    async def come_back(self) -> None:
        """Listen (again), on the same port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port, limit=1 << 20)
        self.port = self._server.sockets[0].getsockname()[1]

    async def go_down(self) -> None:
        """Break all connections and refuse new ones."""
        if self._server is not None:
            for listening in self._server.sockets:
                asyncio.get_running_loop().remove_reader(listening.fileno())
        cancelled: set[asyncio.Task[None]] = set()
        for _ in range(_TURNS):
            for task in self._tasks - cancelled:
                task.cancel()
            cancelled |= self._tasks
            await asyncio.sleep(0)
        if self._server is not None:
            self._server.close()
            self._server = None
        await asyncio.gather(*cancelled, return_exceptions=True)

    @contextlib.contextmanager
    def in_thread(self) -> Iterator[ThreadedProxy]:
        """The proxy in an event loop and thread of its own."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="fault-proxy", daemon=True)
        thread.start()
        threaded = ThreadedProxy(self, loop)
        threaded.come_back()
        try:
            yield threaded
        finally:
            threaded.go_down()
            loop.call_soon_threadsafe(loop.stop)
            thread.join(5)
            loop.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = _Connection(self, self.connections, reader, writer)
        self.connections += 1
        try:
            await connection.run(self._target)
        except (OSError, _Broken):
            pass  # an end of the connection is what this proxy is about
        except asyncio.CancelledError:
            connection.abort()
        finally:
            self._tasks.discard(task)
            connection.close()


class ThreadedProxy:
    """A FaultProxy that lives in another thread; what it saw can be read from here."""

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self.proxy = proxy
        self._loop = loop

    @property
    def script(self) -> Script | None:
        """The running script; assigning replaces it for the next request."""
        return self.proxy.script

    @script.setter
    def script(self, script: Script | None) -> None:
        self.proxy.script = script

    @property
    def url(self) -> str:
        """See FaultProxy."""
        return self.proxy.url

    @property
    def requests(self) -> list[Request]:
        """See FaultProxy."""
        return self.proxy.requests

    def go_down(self) -> None:
        """See FaultProxy."""
        asyncio.run_coroutine_threadsafe(self.proxy.go_down(), self._loop).result(10)

    def come_back(self) -> None:
        """See FaultProxy."""
        asyncio.run_coroutine_threadsafe(self.proxy.come_back(), self._loop).result(10)


class _Broken(Exception):
    """The fault broke the connection."""


class _Connection:
    def __init__(
        self, proxy: FaultProxy, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.proxy = proxy
        self.number = number
        self.reader = reader
        self.writer = writer
        self.far_writer: asyncio.StreamWriter | None = None
        self.fault: Fault | None = None
        self.passed: dict[Way, int] = {"up": 0, "down": 0}
        self.in_head: dict[Way, bool] = {"up": True, "down": True}

    async def run(self, target: tuple[str, int]) -> None:
        far_reader, self.far_writer = await asyncio.open_connection(*target, limit=1 << 20)
        pumps = [asyncio.create_task(self._pump_up()), asyncio.create_task(self._pump_down(far_reader))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            for result in await asyncio.gather(*pumps, return_exceptions=True):
                if isinstance(result, Exception) and not isinstance(result, OSError | _Broken):
                    raise result

    def abort(self) -> None:
        for writer in (self.writer, self.far_writer):
            if writer is not None:
                writer.transport.abort()

    def close(self) -> None:
        for writer in (self.writer, self.far_writer):
            if writer is not None:
                writer.close()

    async def _pump_up(self) -> None:
        async for piece in self._requests():
            self.proxy.bytes_up += len(piece)
            if self.fault is not None and self.fault.kind == "answer":
                continue
            assert self.far_writer is not None
            await self._pass(piece, self.far_writer, "up")

    async def _requests(self) -> AsyncIterator[bytes]:
        """The client's bytes, head by head and body by body, with `self.fault` set before each head."""
        buffer, left, chunked = b"", 0, False
        while chunk := await self.reader.read(1 << 16):
            buffer += chunk
            while buffer:
                if left == 0 and not chunked:
                    head, found, rest = buffer.partition(_END)
                    if not found and buffer[:1].isalpha():
                        break
                    buffer = rest
                    left, chunked = self._begin(head)
                    yield head + found
                    if left == 0 and not chunked:
                        await self._answer()
                    continue
                body = buffer if chunked else buffer[:left]
                buffer = buffer[len(body) :]
                left = 0 if chunked else left - len(body)
                chunked = chunked and not body.endswith(b"0\r\n\r\n")
                yield body
                if left == 0 and not chunked:
                    await self._answer()

    def _begin(self, head: bytes) -> tuple[int, bool]:
        """Note a new request and ask the script about it; returns its body's length and whether it is chunked."""
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        method, path = [*first.split(" "), "", ""][:2]
        size = int(headers.get("content-length", 0))
        request = Request(len(self.proxy.requests), self.number, method, path, size, head)
        self.proxy.requests.append(request)
        self.fault = self.proxy.script(request) if self.proxy.script else None
        self.passed = {"up": 0, "down": 0}
        self.in_head = {"up": True, "down": True}
        return size, headers.get("transfer-encoding", "") == "chunked"

    async def _answer(self) -> None:
        if self.fault is not None and self.fault.kind == "answer":
            self.writer.write(self.fault.reply)
            await self.writer.drain()

    async def _pump_down(self, far_reader: asyncio.StreamReader) -> None:
        while chunk := await far_reader.read(1 << 16):
            self.proxy.bytes_down += len(chunk)
            head, found, body = chunk.partition(_END)
            if self.in_head["down"] and found:
                await self._pass(head + found, self.writer, "down")
                chunk = body
            if chunk:
                await self._pass(chunk, self.writer, "down")

    async def _pass(self, piece: bytes, writer: asyncio.StreamWriter, way: Way) -> None:
        fault = self.fault if self.fault is not None and self.fault.way == way else None
        is_head = self.in_head[way]
        self.in_head[way] = self.in_head[way] and not piece.endswith(_END)
        if fault is None:
            writer.write(piece)
        elif fault.kind == "throttle":
            await self._crawl(piece, writer, fault.bytes_per_second)
        elif fault.kind == "flip":
            writer.write(piece if is_head else self._flipped(piece, fault.after - self.passed[way]))
        else:
            room = len(piece) if is_head and fault.after >= 0 else max(0, fault.after - self.passed[way])
            writer.write(piece[:room])
            if room < len(piece) or (not is_head and room == len(piece) == fault.after - self.passed[way]):
                await writer.drain()
                await self._break(fault)
                writer.write(piece[room:])
        if not is_head:
            self.passed[way] += len(piece)
        await writer.drain()

    async def _crawl(self, piece: bytes, writer: asyncio.StreamWriter, rate: int) -> None:
        step = max(1, rate // 20)
        for start in range(0, len(piece), step):
            writer.write(piece[start : start + step])
            await writer.drain()
            await asyncio.sleep(step / rate)

    def _flipped(self, piece: bytes, at: int) -> bytes:
        if not 0 <= at < len(piece):
            return piece
        return piece[:at] + bytes([piece[at] ^ 1]) + piece[at + 1 :]

    async def _break(self, fault: Fault) -> None:
        """Do what breaks the flow; returns only when a stall is over."""
        if fault.kind == "stall":
            await asyncio.sleep(1e6 if fault.seconds is None else fault.seconds)
            self.fault = None
            return
        if fault.kind == "reset":
            raw = self.writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.abort()
        raise _Broken
