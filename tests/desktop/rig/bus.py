"""Private message buses, and a connection to one that lives in a thread of its own.

The thread answers while a test waits for something else: a program that is asked by nobody would stand still.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus

T = TypeVar("T")
ANSWER_SECONDS = 5.0
PROPERTIES = "org.freedesktop.DBus.Properties"
# A bus that starts no service of this computer's: only those of the test.
_SETTINGS = """<busconfig>
<type>session</type> <listen>unix:path={socket}</listen> <auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/> <allow eavesdrop="true"/> <allow own="*"/> </policy>
</busconfig>
"""


@dataclass
class MessageBusDaemon:
    """A bus that runs."""

    address: str
    process: subprocess.Popen[str]


@contextlib.contextmanager
def message_bus(folder: Path, name: str) -> Iterator[MessageBusDaemon]:
    """A bus of its own."""
    settings, socket = folder / f"{name}.conf", folder / f"{name}.bus"
    settings.write_text(_SETTINGS.format(socket=socket))
    daemon = subprocess.Popen(
        ["dbus-daemon", f"--config-file={settings}", "--nofork", "--nopidfile", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    try:
        yield MessageBusDaemon(daemon.stdout.readline().strip(), daemon)
    finally:
        daemon.kill()
        daemon.communicate()


class Connection:
    """A connection to a bus: asks, and answers for the objects that were put on it. Every method may be called from
    any thread but its own."""

    def __init__(self, address: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bus", daemon=True)
        self._thread.start()
        self._objects: dict[tuple[str, str], Thing] = {}
        self.heard: list[Message] = []
        """Signals that were subscribed to with `hear`."""
        self._bus: MessageBus = self.wait(self._connect(address))

    async def _connect(self, address: str) -> MessageBus:
        bus = await MessageBus(bus_address=address).connect()
        bus.add_message_handler(self._take)
        return bus

    def close(self) -> None:
        """Leave the bus."""
        self.wait(self._leave())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _leave(self) -> None:
        self._bus.disconnect()
        with contextlib.suppress(EOFError):  # the bus left first
            await self._bus.wait_for_disconnect()

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_SECONDS)

    def own(self, name: str, *things: Thing) -> None:
        """Take a name, and answer for these objects."""
        for thing in things:
            thing.connection = self
            self._objects[thing.path, thing.interface] = thing
        self.wait(self._bus.request_name(name))

    def disown(self, name: str) -> None:
        """Give the name back, as a service does that ends."""
        self.wait(self._bus.release_name(name))

    def call(self, to: str, path: str, interface: str, member: str, signature: str = "", body: list[Any] = []) -> Any:  # noqa: B006  # never changed
        """Call a method; its results as a list. Raises RuntimeError for an error that was answered."""
        message = Message(to, path, interface, member, signature=signature, body=body)
        reply = self.wait(self._call(message))
        if reply.message_type == MessageType.ERROR:
            raise RuntimeError(f"{reply.error_name}: {reply.body}")
        return reply.body

    async def _call(self, message: Message) -> Message:
        reply = await self._bus.call(message)
        assert reply is not None
        return reply

    def hear(self, rule: str) -> None:
        """Keep the signals that a match rule names in `heard`."""
        self.call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "AddMatch", "s", [rule])

    def signal(self, path: str, interface: str, member: str, signature: str = "", body: list[Any] = []) -> None:  # noqa: B006  # never changed
        """Send a signal to everybody."""
        message = Message.new_signal(path, interface, member, signature, body)
        self._loop.call_soon_threadsafe(lambda: self._bus.send(message))

    def _take(self, message: Message) -> Message | bool | None:
        if message.message_type == MessageType.SIGNAL:
            self.heard.append(message)
            return None
        if message.message_type != MessageType.METHOD_CALL:
            return None
        interface = message.body[0] if message.interface == PROPERTIES else message.interface
        thing = self._objects.get((message.path or "", interface))
        return None if thing is None else thing.answer(message)


class Thing:
    """An object on a bus: properties, and methods that a subclass adds to `methods` (member to function of message,
    which returns signature and body)."""

    def __init__(self, path: str, interface: str, properties: Mapping[str, Variant] | None = None) -> None:
        self.path = path
        self.interface = interface
        self.properties = dict(properties or {})
        self.methods: dict[str, Callable[[Message], tuple[str, list[Any]]]] = {}
        self.connection: Connection

    def put(self, **values: Variant) -> None:
        """Change properties and say so."""
        self.properties.update(values)
        self.connection.signal(
            self.path, PROPERTIES, "PropertiesChanged", "sa{sv}as", [self.interface, dict(values), []]
        )

    def answer(self, message: Message) -> Message:
        """The reply to a call."""
        if message.interface == PROPERTIES:
            if message.member == "Get" and message.body[1] in self.properties:
                return Message.new_method_return(message, "v", [self.properties[message.body[1]]])
            if message.member == "GetAll":
                return Message.new_method_return(message, "a{sv}", [self.properties])
        method = self.methods.get(message.member or "")
        if method is None:
            return Message.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", str(message.member))
        signature, body = method(message)
        return Message.new_method_return(message, signature, body)
