"""The network and the power as the system bus tells of them; and what they hold back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import qasync
from dbus_fast import Variant

from core import settings
from core.sync.events import Sync
from core.sync.schedule import Schedule
from desktop.model import AppModel
from desktop.surroundings import Surroundings, has_route
from tests.desktop.rig.engine import no_worker_yet
from tests.desktop.rig.home import Home
from tests.desktop.rig.services import Buses
from tests.desktop.rig.waiting import until


@pytest.fixture
def around(qloop: qasync.QEventLoop) -> Iterator[Surroundings]:
    """Surroundings that watch, on a computer whose kernel has no way out."""
    made = Surroundings(routed=lambda: False)
    watching = qloop.create_task(made.run())
    yield made
    watching.cancel()


async def test_everything_is_unknown_without_services(buses: Buses, around: Surroundings, qloop: object) -> None:
    await asyncio.sleep(0.3)
    assert (around.online, around.metered, around.on_battery) == (None, None, None)


async def test_services_that_come_later_are_heard_and_unknown_again_when_they_go(
    buses: Buses, around: Surroundings, qloop: object
) -> None:
    await asyncio.sleep(0.2)
    buses.machine.appear()
    await until(lambda: (around.online, around.metered, around.on_battery) == (True, False, False))
    buses.machine.connection.disown("org.freedesktop.UPower")
    await until(lambda: around.on_battery is None)
    assert around.online is True


async def test_every_change_is_told(buses: Buses, around: Surroundings, qloop: object) -> None:
    buses.machine.appear()
    await until(lambda: around.online is True)
    buses.machine.meter(True)
    await until(lambda: around.metered is True)
    buses.machine.network.put(Metered=Variant("u", 0))
    await until(lambda: around.metered is None)
    buses.machine.unplug()
    await until(lambda: around.on_battery is True)
    buses.machine.connect(False)
    await until(lambda: around.online is False)
    buses.machine.connect(True)
    await until(lambda: around.online is True)


async def test_a_disconnect_is_not_believed_while_the_kernel_knows_a_way(buses: Buses, qloop: object) -> None:
    around = Surroundings(routed=lambda: True)
    watching = asyncio.create_task(around.run())
    buses.machine.appear()
    await until(lambda: around.online is True)
    buses.machine.connect(False)
    await until(lambda: around.online is None)
    watching.cancel()


async def test_sleep_and_the_end_are_told(buses: Buses, around: Surroundings, qloop: object) -> None:
    told: list[str] = []
    around.woke.connect(lambda: told.append("woke"))
    around.ending.connect(lambda: told.append("ending"))
    buses.machine.appear()
    await until(lambda: around.online is True)
    buses.machine.sleep(True)
    buses.machine.sleep(False)
    buses.machine.shut_down()
    await until(lambda: told == ["woke", "ending"])


async def test_a_bus_that_ends_leaves_everything_unknown(
    buses: Buses, around: Surroundings, qloop: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.bus._STILL_THERE_SECONDS", 0.1)
    buses.machine.appear()
    await until(lambda: around.online is True)
    buses.end_of_system()
    await until(lambda: around.online is None)


@pytest.mark.parametrize(
    ("route", "ipv6", "found"),
    [
        ("eth0 00000000 0102A8C0 0003 0 0 100 00000000 0 0 0", "", True),
        ("eth0 0002A8C0 00000000 0001 0 0 100 00FFFFFF 0 0 0", "", False),
        ("", f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} 0 1 0 450003 eth0", True),
        ("", f"{'0' * 32} 00 {'0' * 32} 00 {'0' * 32} ffffffff 1 0 200200 lo", False),
        ("", "", False),
    ],
)
def test_a_way_out_is_read_from_the_kernels_tables(tmp_path: Path, route: str, ipv6: str, found: bool) -> None:
    (tmp_path / "route").write_text(f"Iface Destination ...\n{route}\n")
    (tmp_path / "ipv6_route").write_text(ipv6)
    assert has_route(tmp_path) is found
    assert not has_route(tmp_path / "nothing")


async def test_a_metered_network_holds_a_bucket_with_a_visible_reason_and_once_anyway_passes(
    model: AppModel, home: Home, qloop: object
) -> None:
    bucket = {"cloud_endpoint": "http://127.0.0.1:9", "cloud_bucket": "memories"}
    settings.save(home.vault, bucket)
    model.reload_settings()
    model.surroundings._note(metered=True)
    await until(lambda: model.view.sentence.code == "held.metered")
    assert model.view.action == "sync_anyway"
    assert model.held() == "metered"
    ran: list[object] = []
    schedule = Schedule(lambda command: ran.append(command), lambda: model.settings.settings.schedule, ran.append)  # type: ignore[arg-type,return-value,func-returns-value]
    schedule._held = model.held
    assert not await schedule.look("schedule", quiet=True)
    assert not ran
    with no_worker_yet(model):
        model.act("sync_anyway")
        await until(lambda: model.view.state == "syncing")
        assert isinstance(model.ownership.own and model.ownership.own._working[0], Sync)


async def test_battery_holds_where_the_settings_say_so_and_lets_go_with_the_plug(
    model: AppModel, home: Home, qloop: object
) -> None:
    model.surroundings._note(on_battery=True)
    await asyncio.sleep(0.2)
    assert model.held() is None
    settings.save(home.vault, {"limits.hold_on_battery": True})
    model.reload_settings()
    await until(lambda: model.view.sentence.code == "held.battery")
    model.surroundings._note(on_battery=False)
    await until(lambda: model.view.state == "idle")


async def test_no_network_is_no_alarm_and_says_what_waits(model: AppModel, home: Home, qloop: object) -> None:
    settings.save(home.vault, {"cloud_endpoint": "http://127.0.0.1:9", "cloud_bucket": "memories"})
    model.reload_settings()
    model.surroundings._note(online=False)
    await until(lambda: model.view.sentence.code == "offline.waiting")
    assert model.held() == "offline"
    assert model.view.action == "try_now"


async def test_a_folder_as_the_cloud_needs_no_network(model: AppModel, qloop: object) -> None:
    model.surroundings._note(online=False, metered=True)
    await asyncio.sleep(0.2)
    assert model.held() is None
    assert model.view.state == "idle"
