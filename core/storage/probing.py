"""Test connection: step by step with the requests that a sync sends, naming the first step that fails.

The probe writes only below `cogzy-probe/`, under names of its own, and takes everything away again. What it proves
about the store (Capabilities) is believed; what a brand promises is not.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable

from core.errors import CogzyError
from core.storage import trust
from core.storage.clock import MOST_SKEW_SECONDS, skew_seconds
from core.storage.errors import AccessError, AlreadyExistsError, ServerError, StorageError, UnreachableError
from core.storage.location import StoreLocation
from core.storage.protocol import Capabilities, ObjectStore, ProbeReport, ProbeStep
from core.storage.reach import resolve
from core.storage.retry import once

STEPS = ("name", "tls", "clock", "sign-in", "list", "put", "get", "delete", "conditional-put")
_PAYLOAD = 4096


class _Skipped(Exception):
    """This step does not exist here."""


async def run(store: ObjectStore, location: StoreLocation, *, proxied: bool = False) -> ProbeReport:
    """Try every step until one fails. Never raises for what the store or network does; cancellation is clean.

    With `proxied` the name and certificate are left to the proxy.
    """
    work = _Probe(once(store), location, proxied)
    steps: list[ProbeStep] = []
    try:
        for name, step in zip(STEPS, work.steps(), strict=True):
            if any(done.name == name for done in steps):
                continue
            if any(done.ok is False for done in steps):
                steps.append(ProbeStep(name, None))
            else:
                steps.append(await _timed(name, step))
                steps = _blame(steps)
    finally:
        await work.clean_up()
    return ProbeReport(tuple(steps), Capabilities(work.only_if_absent, work.skew))


async def _timed(name: str, step: Callable[[], Awaitable[None]]) -> ProbeStep:
    start = time.perf_counter()
    try:
        await step()
    except _Skipped:
        return ProbeStep(name, None)
    except CogzyError as error:
        return ProbeStep(name, False, error.as_json(), time.perf_counter() - start)
    return ProbeStep(name, True, None, time.perf_counter() - start)


_BELONGS = {
    "storage.clock_skewed": "clock",
    "storage.tls": "tls",
    "storage.no_such_bucket": "list",
    "storage.bucket_refused": "list",
}


def _blame(steps: list[ProbeStep]) -> list[ProbeStep]:
    """Signing in is one request that can fail for reasons that belong to another step: move the failure there."""
    last = steps[-1]
    belongs = _BELONGS.get(str((last.error or {}).get("code")), last.name)
    if last.name != "sign-in" or belongs == last.name:
        return steps
    if belongs == "list":
        return [*steps[:-1], ProbeStep("sign-in", True, None, last.seconds), ProbeStep("list", False, last.error)]
    moved = [ProbeStep(s.name, False, last.error, s.seconds) if s.name == belongs else s for s in steps[:-1]]
    return [*moved, ProbeStep("sign-in", None)]


class _Probe:
    def __init__(self, store: ObjectStore, location: StoreLocation, proxied: bool) -> None:
        self.store = store
        self.location = location
        self.proxied = proxied
        self.only_if_absent = False
        self.skew: float | None = None
        self._body = secrets.token_bytes(_PAYLOAD)
        self._keys = [f"cogzy-probe/{secrets.token_hex(8)}" for _ in range(2)]
        self._written: set[str] = set()

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        return [
            self._name,
            self._tls,
            self._clock,
            self._sign_in,
            self._list,
            self._put,
            self._get,
            self._delete,
            self._conditional_put,
        ]

    async def clean_up(self) -> None:
        """Take away what is left. A store that refuses has already been named by the delete step."""
        for key in self._written:
            with contextlib.suppress(StorageError):
                await self.store.delete(key)

    async def _name(self) -> None:
        if self.location.is_folder:
            if not self.location.folder.is_dir():
                raise AccessError("storage.folder_missing", folder=str(self.location.folder))
            return
        if self.proxied:
            raise _Skipped
        try:
            async with asyncio.timeout(10):
                await resolve(self.location.host, self.location.port)
        except OSError as error:  # TimeoutError is one
            reason = error.strerror or "no answer from the name server"
            raise UnreachableError("storage.unreachable", host=self.location.host, reason=reason) from error

    async def _tls(self) -> None:
        """Connect, and check the certificate where there is one; on the way read the server's date."""
        if self.location.is_folder or self.proxied:
            raise _Skipped
        host = self.location.host
        try:
            async with asyncio.timeout(10):
                self.skew = await _skew(host, self.location.port, self.location.is_tls)
        except ssl.SSLError as error:
            reason = str(getattr(error, "verify_message", "") or error.reason or error)
            raise UnreachableError("storage.tls", retryable=False, host=host, reason=reason) from error
        except TimeoutError as error:
            raise UnreachableError("storage.timeout", host=host, operation="connect") from error
        except OSError as error:
            raise UnreachableError("storage.unreachable", host=host, reason=error.strerror or str(error)) from error

    async def _clock(self) -> None:
        if self.skew is None:
            raise _Skipped
        if abs(self.skew) > MOST_SKEW_SECONDS:
            minutes = round(abs(self.skew) / 60)
            raise AccessError("storage.clock_skewed", host=self.location.host, minutes=minutes)

    async def _sign_in(self) -> None:
        await self.store.warm_up()
        await self._list()

    async def _list(self) -> None:
        async for _ in self.store.list("cogzy-probe/"):
            return

    async def _put(self) -> None:
        self._written.add(self._keys[0])
        await self.store.put(self._keys[0], self._body)

    async def _get(self) -> None:
        if await self.store.get(self._keys[0]) != self._body:
            raise ServerError("storage.bad_answer", host=self.location.host, reason="other bytes than were stored")
        ranged = await self.store.get(self._keys[0], offset=100, length=50)
        if ranged != self._body[100:150]:
            raise ServerError("storage.bad_answer", host=self.location.host, reason="another range than was asked for")

    async def _delete(self) -> None:
        await self.store.delete(self._keys[0])
        if await self.store.head(self._keys[0]) is not None:
            raise ServerError("storage.bad_answer", host=self.location.host, reason="a deleted object is still there")
        self._written.discard(self._keys[0])

    async def _conditional_put(self) -> None:
        """A second create-only put must be refused. A store that cannot do this is still a good store."""
        key = self._keys[1]
        self._written.add(key)
        try:
            await self.store.put(key, b"first", only_if_absent=True)
            await self.store.put(key, b"second", only_if_absent=True)
        except AlreadyExistsError:
            self.only_if_absent = await self.store.get(key) == b"first"
        except ServerError as error:
            if error.retryable:
                raise
        await self.store.delete(key)
        self._written.discard(key)


async def _skew(host: str, port: int, tls: bool) -> float | None:
    """Our clock minus the server's, from the Date of any answer to an unsigned HEAD; None when it sends none."""
    reader, writer = await asyncio.open_connection(host, port, ssl=trust.context() if tls else None)
    try:
        writer.write(f"HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        while line := await reader.readline():
            if line.lower().startswith(b"date:"):
                return skew_seconds(line[5:].decode("latin-1").strip())
            if not line.strip():
                break
        return None
    finally:
        writer.close()
