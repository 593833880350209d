"""The command socket: whoever calls, however badly, the owner goes on and answers the next one."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.client import EngineError, LocalEngine, finish
from core.control import place, server
from core.control.broadcast import MOST_WAITING
from core.control.client import SocketEngine
from core.control.server import ControlServer
from core.control.wire import LONGEST_COMMAND, ControlError, encode
from core.sync.events import Cancel, Done, ListUploads, Notice, Progress, Shutdown, Status, Sync, SyncFinished, Verify
from tests.control import fake_cogzy

BOTH = pytest.mark.parametrize("loopback", [False, True], ids=["socket", "port"])


Served = tuple[ControlServer, LocalEngine]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def there(path: Path) -> bool:
    return path.exists()


def start_verify(vault: Path) -> subprocess.Popen[bytes]:
    """Another process that owns the vault and works until it is stopped."""
    return subprocess.Popen(fake_cogzy.command("verify", "--vault", str(vault)), stderr=subprocess.DEVNULL)


def ended(connection: socket.socket) -> bool:
    """Whether the other side ends this connection within five seconds; reads what was sent before."""
    connection.settimeout(30)
    try:
        while connection.recv(1 << 20):
            pass
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
    return True


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds, five seconds at most."""
    async with asyncio.timeout(30):
        while not holds():  # noqa: ASYNC110  # nothing tells when
            await asyncio.sleep(0.005)


def listens(engine: LocalEngine) -> bool:
    return bool(engine._broadcast._listeners)


def works(engine: LocalEngine) -> bool:
    """Whether the fake engine behind it runs something."""
    return engine._engine is not None and bool(engine._engine._running)


@asynccontextmanager
async def served(vault: Path, loopback: bool = False, **callbacks: Any) -> AsyncIterator[Served]:
    engine = LocalEngine(vault, {"FAKE_SECONDS": "0.3"})
    owner = ControlServer(vault, engine, loopback=loopback, **callbacks)
    await owner.start()
    try:
        yield owner, engine
    finally:
        await owner.close()
        await engine.close()


async def raw(vault: Path, data: bytes) -> bytes:
    """Everything that the owner answers to these bytes."""
    address = place.read_address(vault)
    assert address is not None
    reader, writer = await asyncio.open_unix_connection(address["socket"])
    writer.write(data)
    writer.write_eof()
    answer = await asyncio.wait_for(reader.read(), 30)
    writer.close()
    return answer


@BOTH
@pytest.mark.asyncio
async def test_a_caller_gets_the_events_of_its_command_and_its_value(vault_dir: Path, loopback: bool) -> None:
    async with served(vault_dir, loopback):
        seen: list[object] = []
        value = await finish(SocketEngine(vault_dir), Sync(), seen.append)
    assert value["success"]
    assert any(isinstance(event, Progress) for event in seen)
    assert any(isinstance(event, SyncFinished) for event in seen)


@BOTH
@pytest.mark.asyncio
async def test_the_socket_and_its_address_are_the_owners_alone(vault_dir: Path, loopback: bool) -> None:
    async with served(vault_dir, loopback):
        told = place.address_file(vault_dir)
        assert mode(told) == 0o600
        address = json.loads(told.read_bytes())
        if not loopback:
            path = Path(address["socket"])
            assert mode(path) == 0o600
            assert mode(path.parent) == 0o700
            assert len(os.fsencode(path)) <= place.LONGEST_SOCKET_PATH
    assert not there(told)
    assert loopback or not there(path)


@pytest.mark.asyncio
async def test_a_port_wants_its_token(vault_dir: Path) -> None:
    async with served(vault_dir, loopback=True):
        address = place.read_address(vault_dir)
        assert address is not None
        for first in (b"", encode(Status()), b'{"v":1,"type":"Token","token":"guess"}\n'):
            reader, writer = await asyncio.open_connection("127.0.0.1", address["port"])
            writer.write(first + encode(Status()))
            answer = await asyncio.wait_for(reader.readline(), 30)
            assert json.loads(answer)["error"]["code"] == "control.wrong_token"
            assert await reader.read() == b""
            writer.close()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"hello\n", "protocol.unknown"),
        (b"\x00\xff\xfe\n", "protocol.unknown"),
        (b"[]\n", "protocol.version"),
        (b'{"v":2,"type":"Status"}\n', "protocol.version"),
        (b'{"v":1,"type":"Nonsense"}\n', "protocol.unknown"),
        (b'{"v":1,"type":"Sync","extra":1}\n', "protocol.unknown"),
        (b'{"v":1,"type":"Sync","full":"yes"}\n', "protocol.unknown"),
        (b'{"v":1,"type":"ListFiles"}\n', "protocol.unknown"),
        (b'{"v":1,"type":"Done","value":1}\n', "protocol.unknown"),
        (b'{"v":2,"type":"Subscribe"}\n', "protocol.version"),
        (b'{"v":1,"type":"Subscribe","x":1}\n', "protocol.unknown"),
        (b"[" * 5000 + b"\n", "protocol.unknown"),
        (b"x" * (LONGEST_COMMAND + 10) + b"\n", "control.line_too_long"),
    ],
)
@pytest.mark.asyncio
async def test_junk_gets_one_line_and_the_next_caller_is_answered(vault_dir: Path, line: bytes, code: str) -> None:
    async with served(vault_dir):
        lines = (await raw(vault_dir, line)).splitlines()
        assert [json.loads(answer)["error"]["code"] for answer in lines] == [code]
        assert (await finish(SocketEngine(vault_dir), Status()))["state"] == "idle"


def test_no_bytes_whatever_end_the_owner(tmp_path: Path) -> None:
    vault = tmp_path / "vault"

    @settings(suppress_health_check=[HealthCheck.differing_executors])
    @given(st.lists(st.binary(max_size=200) | st.just(b"\n"), max_size=5))
    def send(parts: list[bytes]) -> None:
        async def one() -> None:
            async with served(vault):
                await raw(vault, b"".join(parts))
                assert (await finish(SocketEngine(vault), Status()))["state"] == "idle"

        asyncio.run(one())

    send()


@pytest.mark.asyncio
async def test_many_callers_at_once_are_all_answered(vault_dir: Path) -> None:
    async with served(vault_dir):
        values = await asyncio.gather(*(finish(SocketEngine(vault_dir), ListUploads()) for _ in range(40)))
    assert [len(value) for value in values] == [2000] * 40


@pytest.mark.asyncio
async def test_callers_beyond_the_limit_are_told_so(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MOST_CALLERS", 3)
    async with served(vault_dir):
        address = place.read_address(vault_dir)
        assert address is not None
        idle = [await asyncio.open_unix_connection(address["socket"]) for _ in range(3)]
        with pytest.raises(EngineError) as caught:
            await finish(SocketEngine(vault_dir), Status())
        assert caught.value.code == "control.too_many_callers"
        for _, writer in idle:
            writer.close()


@pytest.mark.asyncio
async def test_a_subscriber_sees_the_runs_of_others(vault_dir: Path) -> None:
    async with served(vault_dir) as (_, engine):
        events = SocketEngine(vault_dir).subscribe()
        first = asyncio.ensure_future(anext(events))
        await until(lambda: listens(engine))
        await finish(SocketEngine(vault_dir), Sync())
        assert type(await asyncio.wait_for(first, 30)).__name__ == "StateChanged"
        await events.aclose()


@pytest.mark.asyncio
async def test_a_reader_that_does_not_read_is_dropped_and_stops_nobody(
    vault_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "SLOW_READER_SECONDS", 0.2)
    async with served(vault_dir) as (_, engine):
        address = place.read_address(vault_dir)
        assert address is not None
        sleeper = socket.socket(socket.AF_UNIX)
        sleeper.connect(address["socket"])
        sleeper.sendall(b'{"v":1,"type":"Subscribe"}\n')
        await until(lambda: listens(engine))
        for _ in range(MOST_WAITING // 2):
            engine._broadcast.emit(Notice("files.disk_full", {"path": "x" * 4000}))
        assert (await finish(SocketEngine(vault_dir), Sync()))["success"]
        await until(lambda: not listens(engine))
        assert await asyncio.to_thread(ended, sleeper)
        sleeper.close()


@pytest.mark.asyncio
async def test_a_command_goes_on_when_its_caller_is_gone(vault_dir: Path) -> None:
    async with served(vault_dir) as (owner, engine):
        with engine.listen() as listener:
            running = SocketEngine(vault_dir).run(Sync())
            await anext(running)
            await running.aclose()
            await asyncio.wait_for(owner.idle(), 30)
            assert any(isinstance(event, SyncFinished) for event in listener.rest())


@pytest.mark.asyncio
async def test_cancel_by_another_caller_ends_a_run(vault_dir: Path) -> None:
    async with served(vault_dir) as (_, engine):
        running = asyncio.ensure_future(finish(SocketEngine(vault_dir), Verify()))
        await until(lambda: works(engine))
        await finish(SocketEngine(vault_dir), Cancel())
        with pytest.raises(EngineError) as caught:
            await asyncio.wait_for(running, 3)
        assert caught.value.code == "sync.cancelled"


@pytest.mark.asyncio
async def test_an_owner_that_ends_is_an_error_of_its_own(vault_dir: Path) -> None:
    async with served(vault_dir) as (owner, engine):
        running = asyncio.ensure_future(finish(SocketEngine(vault_dir), Verify()))
        await until(lambda: works(engine))
        await owner.close(grace=0.1)
        with pytest.raises(EngineError) as caught:
            await asyncio.wait_for(running, 3)
        assert caught.value.code in ("control.owner_gone", "client.cancelled", "sync.cancelled")


@pytest.mark.asyncio
async def test_a_socket_left_by_kill_9_is_replaced(vault_dir: Path) -> None:
    owner = start_verify(vault_dir)
    for _ in range(500):
        if place.read_address(vault_dir) is not None:
            break
        await asyncio.sleep(0.02)
    stale = place.read_address(vault_dir)
    assert stale is not None
    owner.kill()
    owner.wait()
    assert place.read_address(vault_dir) == stale
    with pytest.raises(ControlError):
        await finish(SocketEngine(vault_dir), Status())
    async with served(vault_dir):
        assert place.read_address(vault_dir) == stale
        assert (await finish(SocketEngine(vault_dir), Status()))["state"] == "idle"


@pytest.mark.asyncio
async def test_the_owner_hears_of_the_queue_of_windows_and_of_the_end(vault_dir: Path) -> None:
    heard: list[str] = []

    def show(page: str) -> bool:
        heard.append(f"show {page}".strip())
        return True

    async with served(
        vault_dir, on_queue=lambda: heard.append("queue"), on_show=show, on_shutdown=lambda: heard.append("end")
    ):
        from core.control.queue import poke

        assert await asyncio.to_thread(poke, vault_dir)
        assert await SocketEngine(vault_dir).show_window()
        assert await SocketEngine(vault_dir).show_window("log")
        assert await finish(SocketEngine(vault_dir), Shutdown()) is None
    assert heard == ["queue", "show", "show log", "end"]


@pytest.mark.asyncio
async def test_an_owner_without_a_window_says_so(vault_dir: Path) -> None:
    async with served(vault_dir):
        assert not await SocketEngine(vault_dir).show_window()


@pytest.mark.asyncio
async def test_a_copied_vault_does_not_lead_to_the_owner_of_the_original(vault_dir: Path, tmp_path: Path) -> None:
    async with served(vault_dir):
        copy = tmp_path / "copy"
        (copy / "sync").mkdir(parents=True)
        place.address_file(copy).write_bytes(place.address_file(vault_dir).read_bytes())
        assert place.read_address(copy) is None
        assert not await SocketEngine(copy).answers()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"socket": 3}', b'{"port": "x", "token": 1}', b"\xff"])
def test_a_damaged_address_is_none(vault_dir: Path, content: bytes) -> None:
    place.address_file(vault_dir).parent.mkdir(parents=True)
    place.address_file(vault_dir).write_bytes(content)
    assert place.read_address(vault_dir) is None


@pytest.mark.skipif(sys.platform == "win32", reason="no such sockets there")
def test_a_long_runtime_folder_still_gives_a_socket(vault_dir: Path) -> None:
    path = place.socket_path(vault_dir, Path("/" + "long/" * 40))
    assert len(os.fsencode(path)) <= place.LONGEST_SOCKET_PATH
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.asyncio
async def test_a_value_of_megabytes_passes(vault_dir: Path) -> None:
    async with served(vault_dir):
        async for event in SocketEngine(vault_dir).run(ListUploads()):
            assert isinstance(event, Done)
            assert len(event.value) == 2000
