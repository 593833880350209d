"""A tray as panels are one: watches for StatusNotifier items, reads their icons and menus, clicks them."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from dbus_fast import Message, Variant

from tests.desktop.rig.bus import PROPERTIES, Connection, Thing

WATCHER = "org.kde.StatusNotifierWatcher"
ITEM = "org.kde.StatusNotifierItem"
ITEM_PATH = "/StatusNotifierItem"
MENU = "com.canonical.dbusmenu"


class TrayHost(Thing):
    """The watcher that desktops have; `items` are the bus names of the icons that came."""

    def __init__(self, connection: Connection) -> None:
        properties = {"IsStatusNotifierHostRegistered": Variant("b", True), "ProtocolVersion": Variant("i", 0)}
        super().__init__("/StatusNotifierWatcher", WATCHER, properties)
        self.connection = connection
        self.items: list[str] = []
        self.methods = {"RegisterStatusNotifierItem": self._register, "RegisterStatusNotifierHost": lambda _: ("", [])}
        self._list()

    def appear(self) -> None:
        """The panel starts."""
        self.connection.own(WATCHER, self)

    def vanish(self) -> None:
        """The panel ends."""
        self.connection.disown(WATCHER)
        self.items.clear()
        self._list()

    @property
    def icon(self) -> Icon:
        """The newest icon."""
        return Icon(self.connection, self.items[-1])

    def _register(self, message: Message) -> tuple[str, list[Any]]:
        service = message.body[0]
        self.items.append(message.sender if service.startswith("/") or not message.sender else service)
        self._list()
        self.connection.signal(self.path, WATCHER, "StatusNotifierItemRegistered", "s", [service])
        return "", []

    def _list(self) -> None:
        self.properties["RegisteredStatusNotifierItems"] = Variant("as", [name + ITEM_PATH for name in self.items])


@dataclass
class Entry:
    """A line of a menu."""

    id: int
    label: str
    visible: bool
    enabled: bool
    checked: bool
    separator: bool
    children: list[Entry] = field(default_factory=list)


class Icon:
    """One icon in the tray, seen over the bus."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self.name = name

    def look(self) -> dict[str, Any]:
        """Its properties: Id, Title, IconPixmap, ToolTip, ..."""
        found = self._connection.call(self.name, ITEM_PATH, PROPERTIES, "GetAll", "s", [ITEM])[0]
        return {name: value.value for name, value in found.items()}

    @property
    def tooltip(self) -> str:
        """The title of its tooltip."""
        return str(self.look()["ToolTip"][2])

    @property
    def picture(self) -> bytes:
        """The pixels of its largest picture."""
        return bytes(max(self.look()["IconPixmap"], key=lambda picture: picture[0])[2])

    def click(self) -> None:
        """A left click."""
        self._connection.call(self.name, ITEM_PATH, ITEM, "Activate", "ii", [0, 0])

    def menu(self) -> list[Entry]:
        """The lines of its menu as they are when it is opened."""
        path = self.look()["Menu"]
        self._connection.call(self.name, path, MENU, "AboutToShow", "i", [0])
        layout = self._connection.call(self.name, path, MENU, "GetLayout", "iias", [0, -1, []])[1]
        return _entry(layout).children

    def labels(self) -> list[str]:
        """The words of the visible lines."""
        return [entry.label for entry in self.menu() if entry.visible and not entry.separator]

    def choose(self, *labels: str) -> None:
        """Click the line of these words; more than one for a menu in the menu."""
        entries, found = self.menu(), None
        for label in labels:
            found = next(entry for entry in entries if entry.label == label and entry.visible)
            entries = found.children
        assert found is not None
        assert found.enabled, f"{found.label} is grey"
        body = [found.id, "clicked", Variant("s", ""), int(time.time()) & 0x7FFFFFFF]
        self._connection.call(self.name, self.look()["Menu"], MENU, "Event", "isvu", body)


def _entry(layout: Any) -> Entry:
    number, properties, children = layout

    def value(name: str, default: Any) -> Any:
        return properties[name].value if name in properties else default

    return Entry(
        number,
        value("label", "").replace("_", ""),
        value("visible", True),
        value("enabled", True),
        value("toggle-state", 0) == 1,
        value("type", "") == "separator",
        [_entry(child.value if isinstance(child, Variant) else child) for child in children],
    )
