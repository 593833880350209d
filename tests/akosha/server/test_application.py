"""The hub without a socket: opened for a command, closed in order, and whole when a part is missing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.akosha.application import AkoshaApplication
from core.akosha.errors import ComeAgainError, RequestError
from core.akosha.settings import HubSettings, load
from core.errors import BusyError, CogzyError
from core.memory.rows import MemoryRow


@pytest.mark.asyncio
async def test_a_command_opens_the_data_asks_and_lets_it_go(tmp_path: Path) -> None:
    settings = HubSettings(data=tmp_path)
    async with AkoshaApplication(settings) as hub:
        await hub.store.put("laptop", [MemoryRow("memory", "a", "a narwhal")])
        assert [hit["memory_id"] for hit in (await hub.find("narwhal"))["results"]] == ["a"]  # type: ignore[attr-defined]
        identity = hub.hub_id
    async with AkoshaApplication(settings) as again:
        assert (await again.status())["memories"] == 1
        assert again.hub_id == identity, "the same data is the same hub"


@pytest.mark.asyncio
async def test_data_in_use_is_told_and_nothing_stays_open(tmp_path: Path) -> None:
    async with AkoshaApplication(HubSettings(data=tmp_path)):
        second = AkoshaApplication(HubSettings(data=tmp_path))
        with pytest.raises(BusyError) as caught:
            await second.start()
        assert caught.value.code == "akosha.data_in_use"
        assert second.state == "stopped"
        await second.stop()
    async with AkoshaApplication(HubSettings(data=tmp_path)) as third:
        assert third.not_ready() == []


@pytest.mark.asyncio
async def test_without_a_bucket_there_is_nothing_to_ingest(tmp_path: Path) -> None:
    async with AkoshaApplication(HubSettings(data=tmp_path)) as hub:
        assert (await hub.status())["bucket"] == {"configured": False, "where": None, "last_run": None, "error": None}
        with pytest.raises(RequestError, match="No bucket"):
            await hub.ingest_once()


@pytest.mark.asyncio
@pytest.mark.parametrize("gone", ["folder", "bucket", "keys"])
async def test_a_bucket_that_is_away_stops_nothing_and_is_told(tmp_path: Path, gone: str) -> None:
    environ = {
        "folder": {"AKOSHA_CLOUD_ENDPOINT": (tmp_path / "unplugged").as_uri()},
        "bucket": {
            "AKOSHA_CLOUD_ENDPOINT": "http://127.0.0.1:9",
            "AKOSHA_CLOUD_BUCKET": "bucket",
            "AKOSHA_CLOUD_KEY_ID": "id",
            "AKOSHA_CLOUD_SECRET": "secret",
        },
        "keys": {"AKOSHA_CLOUD_BUCKET": "bucket"},
    }[gone]
    hub = AkoshaApplication(load(environ, data=tmp_path / "hub", drain_seconds=2))
    await hub.start(ingest=True)
    try:
        await hub.store.put("laptop", [MemoryRow("memory", "a", "a narwhal")])
        assert len((await hub.find("narwhal"))["results"]) == 1  # type: ignore[arg-type]
        for _ in range(600):
            bucket = (await hub.status())["bucket"]
            if bucket["error"] is not None:
                break
            await asyncio.sleep(0.1)
        assert bucket["configured"] is True
        assert bucket["error"]["next_step"]
        assert hub.not_ready() == []
    finally:
        await hub.drain()
        await hub.stop()


@pytest.mark.asyncio
async def test_while_it_drains_nothing_new_begins_and_what_runs_is_waited_for(tmp_path: Path) -> None:
    hub = AkoshaApplication(HubSettings(data=tmp_path, drain_seconds=10))
    with pytest.raises(ComeAgainError, match="starting"), hub.working():
        pytest.fail("it was let in too early")
    await hub.start()
    ended: list[str] = []

    async def work() -> None:
        with hub.working():
            await asyncio.sleep(0.2)
            ended.append("work")

    running = asyncio.create_task(work())
    await asyncio.sleep(0)
    draining = asyncio.create_task(hub.drain())
    await asyncio.sleep(0.05)
    with pytest.raises(ComeAgainError, match="stopping"), hub.working():
        pytest.fail("it was let in while stopping")
    await draining
    assert ended == ["work"]
    await running
    await hub.stop()
    await hub.stop()
    with pytest.raises(CogzyError):
        await hub.store.put("laptop", [MemoryRow("memory", "a", "x")])


@pytest.mark.asyncio
async def test_draining_has_an_end_and_can_be_hurried(tmp_path: Path) -> None:
    for drain_seconds, hurried in ((0.1, False), (60.0, True)):
        hub = AkoshaApplication(HubSettings(data=tmp_path, drain_seconds=drain_seconds))
        await hub.start()
        with hub.working():
            async with asyncio.timeout(5):
                draining = asyncio.create_task(hub.drain())
                await asyncio.sleep(0.01)
                if hurried:
                    hub.hurry()
                await draining
        await hub.stop()


@pytest.mark.asyncio
async def test_a_damaged_identity_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "hub.json").write_text("{")
    hub = AkoshaApplication(HubSettings(data=tmp_path))
    assert len(hub.hub_id) == 32
    assert AkoshaApplication(HubSettings(data=tmp_path)).hub_id == hub.hub_id


@pytest.mark.asyncio
async def test_how_the_last_round_was_is_known_to_the_next_process(tmp_path: Path) -> None:
    bucket = tmp_path / "bucket"
    bucket.mkdir()
    settings = HubSettings(data=tmp_path / "hub", cloud_endpoint=bucket.as_uri())
    async with AkoshaApplication(settings) as hub:
        assert (await hub.status())["bucket"]["last_run"] is None
        await hub.ingest_once()
        last = (await hub.status())["bucket"]["last_run"]
    async with AkoshaApplication(settings) as hub:
        found = (await hub.status())["bucket"]
        assert found["last_run"] == last
        assert found["error"] is None
    bucket.rmdir()
    async with AkoshaApplication(settings) as hub:
        await hub.ingest_once()
    async with AkoshaApplication(settings) as hub:
        assert (await hub.status())["bucket"]["error"]["code"].startswith("storage.")
    (settings.data / "last_ingest.json").write_text("half of")
    async with AkoshaApplication(settings) as hub:
        assert (await hub.status())["bucket"]["last_run"] is None
