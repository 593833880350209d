"""Kills, cuts and absences in the middle: nothing that was acknowledged is lost, and the rest follows."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.akosha.end_to_end.household import Hub, acknowledged, bucket_of, outcomes, someone
from tests.bad_input.person import Person
from tests.proxy import Fault, FaultProxy, Request, cut
from tests.servers import S3Server

ROWS = 8_000


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path / "hub")


@pytest.fixture
def laptop(tmp_path: Path) -> Person:
    person = someone(tmp_path, "laptop")
    person.converse(0, ROWS)
    return person


def batches(request: Request) -> bool:
    """Whether a request carries rows."""
    return request.method == "POST" and request.size > 50_000


def test_a_hub_that_is_killed_in_the_middle_of_a_push_has_what_it_acknowledged(laptop: Person, hub: Hub) -> None:
    with hub.running() as running, FaultProxy(running.url).in_thread() as proxy:
        passed = 0

        def kill_at_the_sixth(request: Request) -> Fault | None:
            nonlocal passed
            passed += batches(request)
            if passed == 6:
                running.process.kill()
            return None

        proxy.script = kill_at_the_sixth
        way = {"COGZY_HUB_URL": f"{proxy.url}/mcp"}
        said = laptop.cogzy("sync", "--method", "http", code=1, **way).answer
        assert said["error"]["code"] in ("hub.cut", "hub.unreachable")
        assert laptop.leftovers() == []
        running.process.wait(60)
        taken = acknowledged(laptop)
        assert 0 < taken < ROWS
        proxy.script = None
        with hub.running():
            held = hub.holds()["laptop"]["conversation"]
            assert taken <= held <= ROWS
            assert ("laptop", "text 0") in hub.finds("text 0")
            resumed = laptop.sync("--method", "http", **way).answer
            assert resumed["rows_changed"] == ROWS - taken, "what was acknowledged is not sent again"
            assert hub.holds() == {"laptop": {"conversation": ROWS}}


def test_a_push_that_the_network_cuts_in_the_middle_goes_on(laptop: Person, hub: Hub) -> None:
    with hub.running() as running, FaultProxy(running.url).in_thread() as proxy:
        passed = 0

        def cut_from_the_sixth(request: Request) -> Fault | None:
            nonlocal passed
            passed += batches(request)
            return cut(after=20_000) if passed >= 6 else None

        proxy.script = cut_from_the_sixth
        way = {"COGZY_HUB_URL": f"{proxy.url}/mcp"}
        laptop.told("sync", "--method", "http", error="hub.cut", code=1, **way)
        taken = acknowledged(laptop)
        assert 0 < taken < ROWS
        proxy.script = None
        assert laptop.sync("--method", "http", **way).answer["rows_changed"] == ROWS - taken
        assert hub.holds() == {"laptop": {"conversation": ROWS}}
        assert laptop.sync("--method", "http", **way).answer["requests"] == 0


def test_with_both_away_both_causes_are_told_and_the_next_sync_sends_everything(
    tmp_path: Path, hub: Hub, rclone_s3: S3Server
) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    laptop.remember(1)
    way = {"COGZY_HUB_URL": hub.url}
    with FaultProxy(rclone_s3.url).in_thread() as proxy:
        laptop.environ["COGZY_CLOUD_ENDPOINT"] = proxy.url
        laptop.sync()
        laptop.remember(2, 3)
        proxy.go_down()
        began = time.monotonic()
        said = laptop.cogzy("sync", code=1, **way)
        assert time.monotonic() - began < 20
        assert outcomes(said.answer) == [
            ("cloud", "unavailable", "storage.unreachable"),
            ("http", "unavailable", "hub.unreachable"),
        ]
        for attempt in said.answer["attempts"]:
            assert attempt["error"]["title"] in said.err
            assert attempt["error"]["next_step"]
        status = laptop.cogzy("status", **way).answer
        assert status["state"] == "offline"
        assert status["methods"]["cloud"]["last_error"]["code"] == "storage.unreachable"
        assert status["methods"]["http"]["last_error"]["code"] == "hub.unreachable"
        with hub.running():
            assert outcomes(laptop.sync(**way).answer)[1] == ("http", "succeeded", None)
            assert hub.holds() == {"laptop": {"node": 3}}
        proxy.come_back()
        assert outcomes(laptop.sync(**way).answer)[0] == ("cloud", "succeeded", None)
        assert laptop.restored() == laptop.truth()


def test_a_bucket_that_is_away_is_told_by_the_hub_and_taken_in_when_it_is_back(
    tmp_path: Path, rclone_s3: S3Server
) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    laptop.remember(1)
    laptop.sync()
    with FaultProxy(rclone_s3.url).in_thread() as proxy:
        proxy.go_down()
        hub = Hub(tmp_path / "hub", {**bucket_of(laptop), "AKOSHA_CLOUD_ENDPOINT": proxy.url})
        with hub.running(AKOSHA_INGEST_INTERVAL_SECONDS="1"):
            until = time.monotonic() + 60
            while hub.asked("status")["bucket"]["error"] is None:
                assert time.monotonic() < until
                time.sleep(0.1)
            assert hub.asked("status")["bucket"]["error"]["code"] == "storage.unreachable"
            proxy.come_back()
            while not hub.holds():
                assert time.monotonic() < until + 60
                time.sleep(0.1)
            assert hub.holds() == {"laptop": {"node": 1}}
            assert hub.asked("status")["bucket"]["error"] is None
