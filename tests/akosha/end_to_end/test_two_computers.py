"""Two computers, one bucket, one hub: what was remembered on either is found, once, and stays what it was."""

from __future__ import annotations

import contextlib
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.cli.demo.databases import CONVERSATIONS, ENTITIES, REFLECTIONS, RELATIONSHIPS
from tests.akosha.end_to_end.household import Hub, bucket_of, outcomes, someone
from tests.forked import Forked
from tests.servers import S3Server
from tests.writers import writing

SCALE = 0.07


@contextlib.contextmanager
def session_buddy(folder: Path) -> Iterator[None]:
    """A program that owns both of Session-Buddy's databases and commits to them without a break."""
    command = ["cogzy", "demo", "--writer", str(folder), "--scale", str(SCALE)]
    with Forked(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline()
        print("go", file=process.stdin, flush=True)
        try:
            yield
            print("count", file=process.stdin, flush=True)
            process.stdout.readline()
            assert json.loads(process.stdout.readline())["commits"] > 0, "it was never disturbed"
        finally:
            process.stdin.close()
            process.wait(30)


def must_be_whole(held: dict[str, int]) -> None:
    """What a hub has of each live database is as of one transaction of its owner."""
    live = held["conversation"] - int(CONVERSATIONS * SCALE)
    assert live >= 0
    assert held["reflection"] == max(100, int(REFLECTIONS * SCALE)) + 2 * live
    events = held["entity"] - int(ENTITIES * SCALE)
    assert events >= 0
    assert held["relationship"] == int(RELATIONSHIPS * SCALE) + 3 * events


@pytest.mark.timeout(300)
def test_live_memories_of_two_computers_meet_in_a_hub_and_none_is_doubled(tmp_path: Path, rclone_s3: S3Server) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    office = someone(tmp_path, "office", rclone_s3, laptop.environ["COGZY_CLOUD_BUCKET"])
    laptop.remember(*range(20), text="the lighthouse is painted")
    office.remember(*range(20), text="the observatory is closed")
    office.converse(0, 200)
    hub = Hub(tmp_path / "hub", bucket_of(laptop))
    extra = tmp_path / "other"
    extra.mkdir()
    sources = [{"name": "other", "kind": "duckdb", "path": str(extra / "live.duckdb")}]
    laptop.cogzy("config", "set", "sources.extra", json.dumps(sources))

    with session_buddy(laptop.memory), writing("duckdb", extra / "live.duckdb", "auto", pace=0.2), hub.running():
        for computer in (laptop, office):
            computer.sync()
        report = hub.told("ingest", "--once")
        assert (report["quarantined"], report["unreadable"], report["problems"]) == (0, 0, [])
        first = hub.holds()
        assert first["office"] == {"conversation": 200, "node": 20}
        assert first["laptop"]["node"] == 20
        must_be_whole(first["laptop"])
        found = hub.told("search", "lighthouse or observatory", "-k", "100")
        assert {hit["system_id"] for hit in found["results"]} == {"laptop", "office"}
        assert found["mode"] == "lexical"
        assert [notice["code"] for notice in found["notices"]] == ["akosha.no_model"]

        laptop.remember(20, text="the weathervane is rusty")
        office.sql("DELETE FROM conversations_v2 WHERE id IN ('c1', 'c2')")
        for computer in (laptop, office):
            computer.sync()
        assert hub.told("ingest", "--once")["quarantined"] == 0
        second = hub.holds()
        assert second["office"]["conversation"] == 198
        must_be_whole(second["laptop"])
        assert second["laptop"]["entity"] > first["laptop"]["entity"]
        assert {system for system, _ in hub.finds("weathervane")} == {"laptop"}

        again = hub.told("ingest", "--once")
        assert (again["ingested"], again["rows"], again["deleted"]) == (0, 0, 0)
        assert hub.holds() == second

        said = office.sync("--method", "http", COGZY_HUB_URL=hub.url).answer
        assert outcomes(said)[1] == ("http", "succeeded", None)
        assert said["rows_changed"] == 218
        assert hub.holds()["office"] == second["office"], "what came by the bucket is not doubled by HTTP"
    assert hub.complaints() == []


def test_taking_everything_in_anew_gives_the_same_and_complains_of_nothing(tmp_path: Path, rclone_s3: S3Server) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    laptop.remember(1, 2, 3)
    laptop.converse(0, 50)
    laptop.sync()
    laptop.sql("DELETE FROM conversations_v2 WHERE id = 'c7'")
    laptop.sync()
    hub = Hub(tmp_path / "hub", bucket_of(laptop))
    with hub.running():
        laptop.sync("--method", "http", COGZY_HUB_URL=hub.url)
        assert hub.told("ingest", "--once")["rows"] == 0
        held = hub.holds()
        assert held == {"laptop": {"conversation": 49, "node": 3}}
        laptop.sync("--method", "http", "--full", COGZY_HUB_URL=hub.url)
        assert hub.told("ingest", "--once")["rows"] == 0
        assert hub.holds() == held
    assert hub.complaints() == []
    another = Hub(tmp_path / "another", hub.bucket)
    assert another.told("ingest", "--once")["rows"] == 52
    assert another.holds() == held
