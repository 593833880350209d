"""The order of the methods, as a person sets it, between real processes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.akosha.end_to_end.household import Hub, outcomes, someone
from tests.bad_input.person import Person
from tests.servers import S3Server


@pytest.fixture
def laptop(tmp_path: Path, rclone_s3: S3Server) -> Person:
    person = someone(tmp_path, "laptop", rclone_s3)
    person.remember(1)
    return person


def confirmed(laptop: Person, hub: Hub) -> None:
    laptop.cogzy("config", "set", "hub_url", hub.url)
    assert laptop.cogzy("test-connection").answer["hub"]["confirmed"]


def uploads(laptop: Person, **way: str) -> int:
    return len(laptop.cogzy("uploads", **way).answer["uploads"])


def test_a_forced_method_is_tried_alone(tmp_path: Path, laptop: Person) -> None:
    hub = Hub(tmp_path / "hub")
    with hub.running():
        confirmed(laptop, hub)
        laptop.cogzy("config", "set", "force_method", "http")
        said = laptop.sync().answer
        assert outcomes(said) == [("cloud", "skipped", "sync.another_forced"), ("http", "succeeded", None)]
        laptop.cogzy("config", "set", "force_method", "cloud")
        assert hub.holds() == {"laptop": {"node": 1}}
        laptop.remember(2)
        said = laptop.sync().answer
        assert outcomes(said) == [("cloud", "succeeded", None), ("http", "skipped", "sync.another_forced")]
        assert hub.holds() == {"laptop": {"node": 1}}
    laptop.remember(3)
    laptop.cogzy("config", "set", "force_method", "http")
    laptop.told("sync", error="hub.unreachable", code=1)


def test_without_fallback_the_hub_gets_nothing_and_the_sync_fails(tmp_path: Path, laptop: Person) -> None:
    hub = Hub(tmp_path / "hub")
    with hub.running():
        confirmed(laptop, hub)
        away = {"COGZY_CLOUD_ENDPOINT": "http://127.0.0.1:1"}
        laptop.cogzy("config", "set", "enable_fallback", "false")
        said = laptop.cogzy("sync", code=1, **away).answer
        assert outcomes(said) == [
            ("cloud", "unavailable", "storage.unreachable"),
            ("http", "skipped", "sync.fallback_off"),
        ]
        assert hub.holds() == {}
        laptop.cogzy("config", "set", "enable_fallback", "true")
        said = laptop.sync(**away).answer
        assert outcomes(said)[1] == ("http", "succeeded", None)
        status = laptop.cogzy("status", **away).answer
        assert hub.holds() == {"laptop": {"node": 1}}
        assert status["methods"]["http"]["last_success"]


def test_a_hub_that_nobody_confirmed_gets_nothing(tmp_path: Path, laptop: Person) -> None:
    hub = Hub(tmp_path / "hub")
    with hub.running():
        laptop.cogzy("config", "set", "hub_url", hub.url)
        laptop.told("sync", "--method", "http", error="hub.not_confirmed", code=2)
        assert hub.holds() == {}


def test_what_the_hub_got_meanwhile_comes_into_the_bucket_by_itself(tmp_path: Path, laptop: Person) -> None:
    hub = Hub(tmp_path / "hub")
    laptop.sync()
    with hub.running():
        confirmed(laptop, hub)
        laptop.remember(2)
        away = {"COGZY_CLOUD_ENDPOINT": "http://127.0.0.1:1"}
        here = {"COGZY_CLOUD_ENDPOINT": laptop.environ.pop("COGZY_CLOUD_ENDPOINT")}
        laptop.cogzy("config", "set", "cloud_endpoint", here["COGZY_CLOUD_ENDPOINT"])
        assert uploads(laptop) == 1
        laptop.cogzy("sync", **away)
        laptop.cogzy("sync", **here)
        assert uploads(laptop) == 2
        status = laptop.cogzy("status").answer
        assert (status["state"], status["waiting"]) == ("idle", [])
    assert laptop.restored() == laptop.truth()
