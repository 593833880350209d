"""An encrypted vault and a hub: closed until a person opens it, and told so."""

from __future__ import annotations

from pathlib import Path

from tests.akosha.end_to_end.household import Hub, bucket_of, someone
from tests.servers import S3Server

PASSPHRASE = "seven quiet rivers run"


def test_encrypted_uploads_are_not_readable_until_their_key_is_given(tmp_path: Path, rclone_s3: S3Server) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    office = someone(tmp_path, "office", rclone_s3, laptop.environ["COGZY_CLOUD_BUCKET"])
    laptop.environ["COGZY_PASSPHRASE"] = PASSPHRASE
    laptop.remember(1, 2, text="the heron nests by the weir")
    office.remember(3, text="the heron is on the mug")
    laptop.cogzy("encrypt", "--new")
    for computer in (laptop, office):
        computer.sync()
    hub = Hub(tmp_path / "hub", bucket_of(laptop))
    with hub.running():
        report = hub.told("ingest", "--once")
        assert report["quarantined"] == 0
        status = hub.told("status")
        assert status["uploads"] == {"ingested": 1, "unreadable": 1}
        (problem,) = status["problems"]
        assert (problem["system_id"], problem["state"]) == ("laptop", "unreadable")
        vault_id = problem["error"]["params"]["vault_id"]
        assert vault_id in problem["error"]["next_step"]
        assert {system for system, _ in hub.finds("heron")} == {"office"}

        hub.told("key", "add", vault_id, given="a wrong passphrase\n", code=2)
        hub.told("key", "add", vault_id, given=f"{PASSPHRASE}\n")
        assert hub.told("ingest", "--once")["ingested"] == 1
        assert {system for system, _ in hub.finds("heron")} == {"laptop", "office"}
        assert hub.told("status")["uploads"] == {"ingested": 2}


def test_a_hub_is_confirmed_anew_when_the_vault_was_encrypted(tmp_path: Path, rclone_s3: S3Server) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    laptop.remember(1)
    hub = Hub(tmp_path / "hub")
    with hub.running():
        laptop.cogzy("config", "set", "hub_url", hub.url)
        laptop.cogzy("test-connection")
        laptop.environ["COGZY_PASSPHRASE"] = PASSPHRASE
        laptop.cogzy("encrypt", "--new")
        laptop.told("sync", "--method", "http", error="hub.not_confirmed", code=2)
        said = laptop.cogzy("test-connection").answer["hub"]
        assert "hub.reads_encrypted" in [notice["code"] for notice in said["notices"]]
        laptop.sync("--method", "http")
        assert hub.holds() == {"laptop": {"node": 1}}
