"""What this computer's network and power are like: offline, metered, on battery, asleep. Unknown stays unknown.

Linux: NetworkManager, UPower and logind on the system bus, each of which may be absent, come later or go away.
Windows and macOS: Qt's network information, and the system's own answer about the battery.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator
from typing import Any

from PySide6.QtCore import QObject, Signal

log = logging.getLogger("desktop.surroundings")

AGAIN_SECONDS = 30.0
REPLY_SECONDS = 3.0
_METERED = {1: True, 2: False, 3: True, 4: False}
"""NMMetered: yes, no, guessed yes, guessed no; 0 is unknown."""
_OFFLINE_STATES = (10, 20)
"""NMState: asleep, disconnected. Being connected says nothing about the bucket."""


class Surroundings(QObject):
    """The facts; None is unknown. `changed` is sent when one changes, `woke` after sleep, `ending` before shutdown."""

    changed = Signal()
    woke = Signal()
    ending = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.online: bool | None = None
        self.metered: bool | None = None
        self.on_battery: bool | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        if sys.platform in ("win32", "darwin"):
            self._watch_with_qt()
            return
        while True:
            with contextlib.suppress(OSError):
                await self._watch_bus()
            self._note(online=None, metered=None, on_battery=None)
            await asyncio.sleep(AGAIN_SECONDS)

    def _note(self, **facts: bool | None) -> None:
        if any(getattr(self, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(self, name, value)
            self.changed.emit()

    # ------------------------------------------------------------------ Linux

    async def _watch_bus(self) -> None:
        async with _system_bus() as bus:
            from jeepney import MatchRule, message_bus
            from jeepney.io.asyncio import Proxy

            rules = [
                MatchRule(type="signal", interface=_PROPERTIES, member="PropertiesChanged", path=path)
                for path in (_NETWORK_PATH, _POWER_PATH)
            ]
            rules += [
                MatchRule(type="signal", interface=_LOGIN, member=member)
                for member in ("PrepareForSleep", "PrepareForShutdown")
            ]
            rules.append(MatchRule(type="signal", interface=_BUS, member="NameOwnerChanged"))
            with contextlib.ExitStack() as stack:
                queue: asyncio.Queue[Any] = asyncio.Queue(200)
                for rule in rules:
                    await Proxy(message_bus, bus).AddMatch(rule)
                    stack.enter_context(bus.filter(rule, queue=queue))
                await self._ask(bus)
                while True:
                    await self._hear(bus, await queue.get())

    async def _hear(self, bus: Any, message: Any) -> None:
        from jeepney import HeaderFields

        member = message.header.fields.get(HeaderFields.member)
        if member == "PrepareForSleep":
            if not message.body[0]:
                self.woke.emit()
        elif member == "PrepareForShutdown":
            if message.body[0]:
                self.ending.emit()
        elif member == "PropertiesChanged" or message.body[0] in (_NETWORK, _POWER):
            await self._ask(bus)

    async def _ask(self, bus: Any) -> None:
        state = await _property(bus, _NETWORK, _NETWORK_PATH, "State")
        metered = await _property(bus, _NETWORK, _NETWORK_PATH, "Metered")
        battery = await _property(bus, _POWER, _POWER_PATH, "OnBattery")
        self._note(
            online=None if state is None else state not in _OFFLINE_STATES,
            metered=_METERED.get(metered),
            on_battery=None if battery is None else bool(battery),
        )

    # ------------------------------------------------------------------ Windows and macOS

    def _watch_with_qt(self) -> None:
        from PySide6.QtNetwork import QNetworkInformation

        wanted = QNetworkInformation.Feature.Reachability | QNetworkInformation.Feature.Metered
        QNetworkInformation.loadBackendByFeatures(wanted)
        found = QNetworkInformation.instance()
        if found is None:
            return

        def note() -> None:
            reach = found.reachability()
            unknown = reach == QNetworkInformation.Reachability.Unknown
            online = None if unknown else reach != QNetworkInformation.Reachability.Disconnected
            self._note(online=online, metered=found.isMetered(), on_battery=_battery())

        found.reachabilityChanged.connect(lambda _: note())
        found.isMeteredChanged.connect(lambda _: note())
        note()


@contextlib.asynccontextmanager
async def _system_bus() -> AsyncIterator[Any]:
    from jeepney.io.asyncio import open_dbus_router

    try:
        async with asyncio.timeout(REPLY_SECONDS):
            opened = open_dbus_router(bus="SYSTEM")
            bus = await opened.__aenter__()
    except TimeoutError as error:
        raise OSError("the system bus does not answer") from error
    try:
        yield bus
    finally:
        await opened.__aexit__(None, None, None)


async def _property(bus: Any, name: str, path: str, wanted: str) -> Any:
    """A property, or None when there is nobody to ask. Nothing is started for it."""
    from jeepney import DBusAddress, MessageFlag, MessageType, Properties

    message = Properties(DBusAddress(path, bus_name=name, interface=name)).get(wanted)
    message.header.flags |= MessageFlag.no_auto_start
    try:
        async with asyncio.timeout(REPLY_SECONDS):
            reply = await bus.send_and_get_reply(message)
    except TimeoutError:
        return None
    return None if reply.header.message_type == MessageType.error else reply.body[0][1]


def _battery() -> bool | None:
    """Whether Windows runs on battery; unknown elsewhere."""
    if sys.platform != "win32":
        return None
    import ctypes

    status = (ctypes.c_byte * 12)()
    if not ctypes.windll.kernel32.GetSystemPowerStatus(ctypes.byref(status)):
        return None
    return {0: True, 1: False}.get(status[0])


_NETWORK, _NETWORK_PATH = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_POWER, _POWER_PATH = "org.freedesktop.UPower", "/org/freedesktop/UPower"
_LOGIN = "org.freedesktop.login1.Manager"
_BUS = "org.freedesktop.DBus"
_PROPERTIES = "org.freedesktop.DBus.Properties"
