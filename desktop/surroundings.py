"""What this computer's network and power are like: offline, metered, on battery, asleep. Unknown stays unknown.

Linux: NetworkManager, UPower and logind on the system bus, each of which may be absent, come later or go away.
Windows and macOS: Qt's network information, and the system's own answer about the battery.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from desktop import bus

if TYPE_CHECKING:
    from jeepney import Message
    from jeepney.io.asyncio import DBusRouter

log = logging.getLogger("desktop.surroundings")

AGAIN_SECONDS = 30.0
_METERED = {1: True, 2: False, 3: True, 4: False}
"""NMMetered: yes, no, guessed yes, guessed no; 0 is unknown."""
_OFFLINE_STATES = (10, 20)
"""NMState: asleep, disconnected. Being connected says nothing about the bucket."""


class Surroundings(QObject):
    """The facts; None is unknown. `changed` is sent when one changes, `sleeping` before sleep and `woke` after it,
    `ending` before shutdown."""

    changed = Signal()
    sleeping = Signal()
    woke = Signal()
    ending = Signal()

    def __init__(self, parent: QObject | None = None, routed: Callable[[], bool] | None = None) -> None:
        super().__init__(parent)
        self._routed = routed or has_route
        self.online: bool | None = None
        self.metered: bool | None = None
        self.on_battery: bool | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        if sys.platform in ("win32", "darwin"):
            self._watch_with_qt()
            return
        told = ""
        while True:
            try:
                await self._watch_bus()
            except OSError as error:
                if str(error) != told:  # once, where there is none for days
                    told = str(error)
                    log.info("no system bus: %s", error)
            self._note(online=None, metered=None, on_battery=None)
            await asyncio.sleep(AGAIN_SECONDS)

    def _note(self, **facts: bool | None) -> None:
        if any(getattr(self, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(self, name, value)
            self.changed.emit()

    # ------------------------------------------------------------------ Linux

    async def _watch_bus(self) -> None:
        from jeepney import MatchRule

        rules = [
            MatchRule(type="signal", interface=_PROPERTIES, member="PropertiesChanged", path=path)
            for path in (_NETWORK_PATH, _POWER_PATH)
        ]
        rules += [
            MatchRule(type="signal", interface=_LOGIN, member=member)
            for member in ("PrepareForSleep", "PrepareForShutdown")
        ]
        rules.append(MatchRule(type="signal", interface=_BUS, member="NameOwnerChanged"))
        async with bus.connected("SYSTEM") as router, bus.listening(router, rules) as messages:
            await self._ask(router)
            async for message in messages:
                await self._hear(router, message)

    async def _hear(self, router: DBusRouter, message: Message) -> None:
        from jeepney import HeaderFields

        member = message.header.fields.get(HeaderFields.member)
        if member == "PrepareForSleep":
            (self.sleeping if message.body[0] else self.woke).emit()
        elif member == "PrepareForShutdown":
            if message.body[0]:
                self.ending.emit()
        elif member == "PropertiesChanged" or message.body[0] in (_NETWORK, _POWER):
            await self._ask(router)

    async def _ask(self, router: DBusRouter) -> None:
        state = await _property(router, _NETWORK, _NETWORK_PATH, "State")
        metered = await _property(router, _NETWORK, _NETWORK_PATH, "Metered")
        battery = await _property(router, _POWER, _POWER_PATH, "OnBattery")
        self._note(
            online=self._is_online(state),
            metered=_METERED.get(metered),
            on_battery=None if battery is None else bool(battery),
        )

    def _is_online(self, state: int | None) -> bool | None:
        """What NetworkManager's state says. It knows nothing of connections that it does not manage itself."""
        if not state or (state in _OFFLINE_STATES and self._routed()):
            return None
        return state not in _OFFLINE_STATES

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


def has_route(tables: Path = Path("/proc/net")) -> bool:
    """Whether the kernel knows a way out of this computer's own networks."""
    with contextlib.suppress(OSError):
        routes = [line.split() for line in (tables / "route").read_text().splitlines()[1:]]
        if any(len(route) > 7 and route[1] == route[7] == "00000000" for route in routes):
            return True
    with contextlib.suppress(OSError):
        routes = [line.split() for line in (tables / "ipv6_route").read_text().splitlines()]
        return any(
            len(route) > 9 and route[0] == "0" * 32 and route[1] == "00" and route[9] != "lo" for route in routes
        )
    return False


async def _property(router: DBusRouter, name: str, path: str, wanted: str) -> Any:
    """A property, or None when there is nobody to ask. Nothing is started for it."""
    from jeepney import DBusAddress, MessageFlag, Properties

    message = Properties(DBusAddress(path, bus_name=name, interface=name)).get(wanted)
    message.header.flags |= MessageFlag.no_auto_start
    body = await bus.ask(router, message)
    return None if body is None else body[0][1]


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
