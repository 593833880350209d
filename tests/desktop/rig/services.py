"""What a desktop and a computer tell a program, as stand-ins that a test moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dbus_fast import Message, Variant

from tests.desktop.rig.bus import Connection, MessageBusDaemon, Thing

NOTIFICATIONS = "org.freedesktop.Notifications"


@dataclass
class Shown:
    """One notification as it was asked for last."""

    id: int
    replaces: int
    title: str
    text: str
    actions: dict[str, str]
    urgency: int


class NotificationDaemon(Thing):
    """Shows nothing and remembers everything: `shown` by id, `calls` in order, `closed` by a program."""

    def __init__(self, connection: Connection) -> None:
        super().__init__("/org/freedesktop/Notifications", NOTIFICATIONS)
        self.connection = connection
        self.shown: dict[int, Shown] = {}
        self.calls: list[Shown] = []
        self.closed: list[int] = []
        self.methods = {
            "Notify": self._notify,
            "CloseNotification": self._close,
            "GetCapabilities": lambda _: ("as", [["body", "actions"]]),
            "GetServerInformation": lambda _: ("ssss", ["stand-in", "cogzy", "1", "1.2"]),
        }

    def appear(self) -> None:
        """The daemon starts."""
        self.connection.own(NOTIFICATIONS, self)

    def press(self, notification: int, action: str = "default") -> None:
        """A person presses a button of it, which closes it."""
        self.connection.signal(self.path, NOTIFICATIONS, "ActionInvoked", "us", [notification, action])
        self.shown.pop(notification, None)
        self.connection.signal(self.path, NOTIFICATIONS, "NotificationClosed", "uu", [notification, 2])

    def _notify(self, message: Message) -> tuple[str, list[Any]]:
        _, replaces, _, title, text, actions, hints, _ = message.body
        number = replaces or len(self.calls) + 1
        words = dict(zip(actions[::2], actions[1::2], strict=True))
        shown = Shown(number, replaces, title, text, words, hints["urgency"].value)
        self.calls.append(shown)
        self.shown[number] = shown
        return "u", [number]

    def _close(self, message: Message) -> tuple[str, list[Any]]:
        self.closed.append(message.body[0])
        self.shown.pop(message.body[0], None)
        return "", []


class Machine:
    """NetworkManager, UPower and logind on the system bus. Connected, unmetered, on mains, until told otherwise."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        network = {"State": Variant("u", 70), "Metered": Variant("u", 4)}
        self.network = Thing("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", network)
        self.power = Thing("/org/freedesktop/UPower", "org.freedesktop.UPower", {"OnBattery": Variant("b", False)})
        self.login = Thing("/org/freedesktop/login1", "org.freedesktop.login1.Manager")

    def appear(self) -> None:
        """All three start."""
        self.connection.own("org.freedesktop.NetworkManager", self.network)
        self.connection.own("org.freedesktop.UPower", self.power)
        self.connection.own("org.freedesktop.login1", self.login)

    def meter(self, metered: bool) -> None:
        """Every byte costs now, or not any more."""
        self.network.put(Metered=Variant("u", 1 if metered else 2))

    def connect(self, online: bool) -> None:
        """The cable is plugged in or out."""
        self.network.put(State=Variant("u", 70 if online else 20))

    def unplug(self, on_battery: bool = True) -> None:
        """On battery, or back on mains."""
        self.power.put(OnBattery=Variant("b", on_battery))

    def sleep(self, going: bool) -> None:
        """The lid closes (True) or opens (False)."""
        self.connection.signal(self.login.path, self.login.interface, "PrepareForSleep", "b", [going])

    def shut_down(self) -> None:
        """The computer is about to go off."""
        self.connection.signal(self.login.path, self.login.interface, "PrepareForShutdown", "b", [True])


class Buses:
    """Both buses of a computer, and what is on them."""

    def __init__(self, session: MessageBusDaemon, system: MessageBusDaemon) -> None:
        self._system = system
        self._connections = (Connection(session.address), Connection(system.address))
        self.notifications = NotificationDaemon(self._connections[0])
        self.machine = Machine(self._connections[1])

    def end_of_system(self) -> None:
        """The system bus ends, as it does when it is restarted."""
        self._system.process.kill()
        self._system.process.wait()

    def close(self) -> None:
        """Leave the buses."""
        for connection in self._connections:
            connection.close()
