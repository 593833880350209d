"""How much one request, one client and all of them together may ask for.

Invariants:
- A body is never larger in memory than its limit, whatever Content-Length says, and all bodies together stay within
  a budget: what does not fit waits, unread, and is told to come again when that takes too long.
- A body that hardly moves is given up: a grace, then at least `SLOWEST` bytes a second on the whole.
- JSON is parsed only when its number of values is bounded: 64 MiB of `[],[],…` would be 1.5 GB of objects.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from core.akosha.errors import ComeAgainError, RequestError

if TYPE_CHECKING:
    from starlette.types import Receive

SLOWEST = 16 << 10
BURST_SECONDS = 10.0
SMALL = 256 << 10
PATIENCE_SECONDS = 30.0
MOST_VALUES = 4_000_000
DEEPEST = 64
_MOST_BUCKETS = 10_000
_INLINE = 64 << 10
_COUNTED = 256 << 10
_thread = ThreadPoolExecutor(1, thread_name_prefix="akosha-json")
P = ParamSpec("P")
T = TypeVar("T")
_CONTAINERS = frozenset({dict, list})


class Rate:
    """A token bucket for each key (a token's id, an address); the least recently seen keys are forgotten."""

    def __init__(self, per_second: float, burst_seconds: float = BURST_SECONDS) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second * burst_seconds)
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float | None = None) -> None:
        """One request of `key`. Raises ComeAgainError (429) with the seconds until there is room again."""
        now = time.monotonic() if now is None else now
        level, seen = self._levels.pop(key, (self._most, now))
        level = min(self._most, level + (now - seen) * self._per_second)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > _MOST_BUCKETS:
            self._levels.popitem(last=False)
        if not allowed:
            wait = (1 - level) / self._per_second
            raise ComeAgainError("akosha.too_many_requests", status=429, retry_after=wait)


class Bodies:
    """Reads bodies within their limit, their deadline and the common budget of memory.

    A small body needs no room of the budget. A larger one waits for it with only its beginning read, so that whoever
    waits holds nothing back from whoever reads.
    """

    def __init__(self, most_bytes: int, grace_seconds: float, budget_bytes: int | None = None) -> None:
        self._most = most_bytes
        self._grace = grace_seconds
        self._budget = _Budget(budget_bytes or 2 * most_bytes)

    @asynccontextmanager
    async def read(self, receive: Receive, declared: int | None) -> AsyncIterator[bytearray]:
        """The whole body, counted as held until the block is left. Raises RequestError or ComeAgainError.

        `declared`: its Content-Length; None when it was not given.
        """
        if declared is not None and declared > self._most:
            raise RequestError("akosha.body_too_large", status=413, limit=self._most)
        wanted = min(self._most if declared is None else declared, self._budget.most)
        held = 0
        try:
            body = bytearray()
            deadline = asyncio.get_running_loop().time() + self._grace
            more = True
            while more:
                piece, more = await _piece(receive, deadline + len(body) / SLOWEST)
                if len(body) + len(piece) > self._most:
                    raise RequestError("akosha.body_too_large", status=413, limit=self._most)
                if not held and len(body) + len(piece) > SMALL:
                    deadline += await self._budget.take(wanted)
                    held = wanted
                body += piece
            yield body
        finally:
            self._budget.give(held)


class _Budget:
    """Bytes that all larger bodies share, given out in the order of asking."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._left = most
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, size: int) -> float:
        """Wait for room; returns the seconds that it took. Raises ComeAgainError after PATIENCE_SECONDS."""
        began = asyncio.get_running_loop().time()
        if self._waiting or size > self._left:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            entry = size, turn
            self._waiting.append(entry)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await turn
            except BaseException as error:
                if turn.done() and not turn.cancelled():
                    self.give(size)  # it was our turn just as we gave up
                elif entry in self._waiting:
                    self._waiting.remove(entry)
                    self.give(0)  # who stood behind us may fit
                if isinstance(error, TimeoutError):
                    raise ComeAgainError("akosha.busy") from None
                raise
        else:
            self._left -= size
        return asyncio.get_running_loop().time() - began

    def give(self, size: int) -> None:
        """Give room back."""
        self._left += size
        while self._waiting and self._waiting[0][0] <= self._left:
            wanted, turn = self._waiting.popleft()
            if not turn.cancelled():
                self._left -= wanted
                turn.set_result(None)


async def _piece(receive: Receive, deadline: float) -> tuple[bytes, bool]:
    """The next piece of a body, and whether there are more."""
    try:
        async with asyncio.timeout_at(deadline):
            message = await receive()
    except TimeoutError:
        raise RequestError("akosha.body_too_slow", status=408) from None
    if message["type"] == "http.disconnect":
        raise RequestError("akosha.body_cut", status=400)
    return message.get("body", b""), message.get("more_body", False)


async def parse(body: bytearray) -> Any:
    """The JSON value of a body, which is empty afterwards: whoever still holds it holds no memory.

    NaN and Infinity, which many clients write, are let through as floats. Raises RequestError for what is no UTF-8, no
    JSON, nested deeper than DEEPEST or of more than MOST_VALUES values.
    """
    try:
        return _parsed(body) if len(body) < _INLINE else await beside_loop(_parsed, body)
    finally:
        body.clear()


async def beside_loop(work: Callable[P, T], *args: P.args, **options: P.kwargs) -> T:
    """Do work that is heavy on objects (parsing, converting) beside the event loop, one piece at a time: such work
    never runs in parallel anyway, and each further thread would keep memory of its own."""
    return await asyncio.get_running_loop().run_in_executor(_thread, partial(work, *args, **options))


def _parsed(body: bytearray) -> Any:
    import orjson

    if len(body) > MOST_VALUES and _values(body) > MOST_VALUES:
        raise RequestError("akosha.json_too_big", status=413, limit=MOST_VALUES)
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        value = _parsed_leniently(body)
    if _deeper_than(value, DEEPEST):
        raise RequestError("akosha.json_too_deep", limit=DEEPEST)
    return value


def _values(body: bytearray) -> int:
    """At most how many values `body` holds: what begins one or stands between two. Five times faster than counting."""
    import numpy as np

    found = 0
    letters = np.frombuffer(body, np.uint8)
    for start in range(0, len(letters), _COUNTED):
        piece = letters[start : start + _COUNTED]
        begun = np.bitwise_or(piece, 0x20) == ord("{")  # "[" too
        found += int(np.count_nonzero(piece == ord(","))) + int(np.count_nonzero(begun))
    return found


def _parsed_leniently(body: bytearray) -> Any:
    """What Python's own encoder writes beyond JSON: NaN, Infinity, lone surrogates."""
    import json

    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RequestError("akosha.not_utf8", at=error.start) from None
    try:
        return json.loads(text)
    except RecursionError:
        raise RequestError("akosha.json_too_deep", limit=DEEPEST) from None
    except ValueError as error:
        raise RequestError("akosha.not_json", at=getattr(error, "pos", 0)) from None


def _deeper_than(value: object, levels: int) -> bool:
    level = [value]
    for _ in range(levels):
        following: list[object] = []
        for one in level:
            inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
            if not _all_numbers(inside) and not _CONTAINERS.isdisjoint(map(type, inside)):
                following += [inner for inner in inside if isinstance(inner, dict | list)]
        if not following:
            return False
        level = following
    return True


def _all_numbers(inside: Collection[object]) -> bool:
    """Whether these are the numbers of a vector, which can be passed over: adding them up fails at anything else."""
    if type(inside) is not list or not inside or type(inside[0]) is not float:
        return False
    try:
        sum(inside)
    except (TypeError, OverflowError):
        return False
    return True
