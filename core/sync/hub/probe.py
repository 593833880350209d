"""Does the hub answer, and what does it let us do? The short question before a sync, and the test step by step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit
from urllib.request import getproxies

from core.errors import CogzyError
from core.storage import trust
from core.storage.location import StoreLocation, is_loopback
from core.storage.protocol import ProbeStep, StoreOptions
from core.storage.reach import reachable, resolve
from core.sync.errors import HubError
from core.sync.hub.client import Abilities, HubClient

STEPS = ("hub-name", "hub-tls", "hub-sign-in", "hub-tools", "hub-write")
PROBE_ID = "cogzy-probe"
_AS_EXPECTED = "rows.empty_text"
_OF_THE_WAY = frozenset({"hub.unreachable", "hub.timeout", "hub.cut", "hub.tls"})


async def answers(url: str, seconds: float = 1.0, *, proxy: str | None = None) -> bool:
    """Whether anything answers there by HTTP within `seconds`, whatever name servers and networks do.

    Behind a proxy that cannot be known: then the proxy has to answer, if it is known itself.
    """
    address = StoreLocation(endpoint=url)
    if not is_loopback(address.host) and (proxy or getproxies().get(urlsplit(url).scheme)):
        return await reachable(address, seconds, proxy=proxy) is not False
    try:
        async with asyncio.timeout(seconds):
            found = await resolve(address.host, address.port)
            asked = [asyncio.create_task(_answers(address, ip, port)) for _, (ip, port) in found]
            try:
                for answer in asyncio.as_completed(asked):
                    if await answer:
                        return True
            finally:
                for task in asked:
                    task.cancel()
    except OSError:  # TimeoutError is one
        return False
    return False


async def _answers(address: StoreLocation, ip: str, port: int) -> bool:
    """Whether this one of the hub's addresses says anything in HTTP."""
    try:
        reader, writer = await asyncio.open_connection(
            ip,
            port,
            ssl=trust.context() if address.is_tls else None,
            server_hostname=address.host if address.is_tls else None,
        )
    except OSError:
        return False
    try:
        writer.write(
            f"GET /health HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nConnection: close\r\n\r\n".encode()
        )
        return (await reader.readline()).startswith(b"HTTP/")
    except (OSError, ValueError):
        return False
    finally:
        writer.close()


async def probe(url: str, token: str | None, options: StoreOptions, system_id: str) -> tuple[ProbeStep, ...]:
    """Try every step until one fails. Never raises for what hub or network do."""
    hub = HubClient(url, token, replace(options, max_retries=0))
    async with hub:
        work = _Probe(hub, StoreLocation(endpoint=url), options, system_id)
        steps: list[ProbeStep] = []
        for name, step in zip(STEPS, work.steps(), strict=True):
            tried = not any(done.ok is False for done in steps)
            steps.append(await _timed(name, step) if tried else ProbeStep(name, None))
        return tuple(steps)


class _SkippedError(Exception):
    """This step does not exist for this hub."""


async def _timed(name: str, step: Callable[[], Awaitable[None]]) -> ProbeStep:
    start = time.perf_counter()
    try:
        await step()
    except _SkippedError:
        return ProbeStep(name, None)
    except CogzyError as error:
        return ProbeStep(name, False, error.as_json(), time.perf_counter() - start)
    return ProbeStep(name, True, None, time.perf_counter() - start)


class _Probe:
    def __init__(self, hub: HubClient, address: StoreLocation, options: StoreOptions, system_id: str) -> None:
        self.hub = hub
        self.address = address
        self.options = options
        self.system_id = system_id
        self._abilities: Abilities | None = None
        self._no_tools: CogzyError | None = None

    def steps(self) -> Sequence[Callable[[], Awaitable[None]]]:
        return [self._name, self._tls, self._sign_in, self._tools, self._write]

    async def _name(self) -> None:
        if self.options.proxy and not is_loopback(self.address.host):
            raise _SkippedError
        try:
            async with asyncio.timeout(self.options.connect_seconds):
                await resolve(self.address.host, self.address.port)
        except OSError as error:  # TimeoutError is one
            reason = error.strerror or "no answer from the name server"
            raise HubError("hub.unreachable", host=self.address.host, reason=reason) from error

    async def _tls(self) -> None:
        """The way there: what it says once there is for the next step."""
        await self._meet()

    async def _sign_in(self) -> None:
        await self._meet(final=True)

    async def _tools(self) -> None:
        if self._no_tools is not None:
            raise self._no_tools

    async def _write(self) -> None:
        """A memory without text: Akosha asks for the right to write as this computer, and then refuses it."""
        assert self._abilities is not None
        if not self._abilities.akosha:
            raise _SkippedError
        if self._abilities.system_id not in (None, self.system_id):
            reason = f"it is {self._abilities.system_id}'s, and this computer is {self.system_id}."
            raise HubError("hub.token_refused", reason=reason)
        item = {"memory_id": PROBE_ID, "kind": "memory", "text": "", "system_id": self.system_id}
        for refused in await self.hub.store([item], batches=True):
            if refused.code != _AS_EXPECTED:
                raise CogzyError(refused.code, **refused.params)

    async def _meet(self, *, final: bool = False) -> None:
        """Connect once; an error is raised in the step that it belongs to."""
        if self._abilities is not None or self._no_tools is not None:
            return
        try:
            self._abilities = await self.hub.abilities()
        except HubError as error:
            if error.code == "hub.no_tools":
                self._no_tools = error
            elif final or error.code in _OF_THE_WAY:
                raise
