"""`akosha ingest` and `akosha key`, on a bucket that a real computer filled."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.sync.events import Encrypt
from tests.akosha.cli.running import environment, here, serving
from tests.forked import Forked
from tests.sync.world import Clock, Computer

AN_HOUR = 3600
PASSPHRASE = "seven quiet horses cross the ford"


class Bucket:
    """A folder as the bucket of one computer."""

    def __init__(self, folder: Path) -> None:
        self.cloud = folder / "cloud"
        self.computer = Computer(folder / "laptop", self.cloud, Clock(time.time() - AN_HOUR))
        self.computer.environ["COGZY_PASSPHRASE"] = PASSPHRASE
        self.where = {"AKOSHA_CLOUD_ENDPOINT": self.cloud.as_uri()}

    @property
    def recovery(self) -> str:
        """Its recovery key."""
        return (self.cloud.parent / "recovery").read_text()

    @property
    def vault_id(self) -> str:
        (vault,) = (self.cloud / "vaults").iterdir()
        return vault.name

    def fill(self, *, encrypted: bool = False) -> None:
        """Its first upload."""
        self.computer.add_rows(0, 30, "heron")
        asyncio.run(self._upload(encrypted))

    def grow(self) -> None:
        """A change more, and its upload."""
        self.computer.add_rows(30, 40, "kingfisher")
        asyncio.run(self._upload())

    async def _upload(self, encrypted: bool = False) -> None:
        if encrypted:
            made = await self.computer.run(Encrypt("new"))
            (self.cloud.parent / "recovery").write_text(made["recovery_key"])
        await self.computer.sync(expect=False)
        await self.computer.close()


@pytest.fixture(scope="module")
def _filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two buckets with an upload each. Where they stand is part of what their computers know."""
    place = tmp_path_factory.mktemp("buckets") / "place"
    Bucket(place / "clear").fill()
    Bucket(place / "sealed").fill(encrypted=True)
    place.rename(place.with_name("kept"))
    return place


def _copied(filled: Path, name: str) -> Bucket:
    shutil.rmtree(filled / name, ignore_errors=True)
    shutil.copytree(filled.with_name("kept") / name, filled / name)
    return Bucket(filled / name)


@pytest.fixture
def bucket(_filled: Path) -> Bucket:
    return _copied(_filled, "clear")


@pytest.fixture
def sealed(_filled: Path) -> Bucket:
    return _copied(_filled, "sealed")


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def found(data: Path, text: str, where: dict[str, str]) -> int:
    return len(answer(here(data, "search", text, "-k", "100", "--json", **where))["results"])


def test_one_round_takes_in_what_the_bucket_holds_and_a_second_finds_nothing_new(
    bucket: Bucket, tmp_path: Path
) -> None:
    hub = tmp_path / "hub"
    first = here(hub, "ingest", "--once", "--json", **bucket.where)
    assert first.returncode == 0, first.stderr
    assert answer(first)["ingested"] == 1
    assert found(hub, "heron", bucket.where) == 30
    again = here(hub, "ingest", "--once", **bucket.where)
    assert (again.returncode, again.stdout.startswith("Nothing new in 1 upload")) == (0, True)
    bucket.grow()
    assert answer(here(hub, "ingest", "--once", "--json", **bucket.where))["ingested"] == 1
    assert found(hub, "kingfisher", bucket.where) == 10
    shown = here(hub, "status", **bucket.where).stdout
    assert "Uploads: 2 taken in" in shown
    assert bucket.cloud.name in shown


def test_a_hub_that_runs_is_asked_for_a_round(bucket: Bucket, tmp_path: Path) -> None:
    with serving(tmp_path / "hub", AKOSHA_INGEST_INTERVAL_SECONDS="3600", **bucket.where) as hub:
        deadline = time.monotonic() + 60
        while found(hub.data, "heron", bucket.where) < 30 and time.monotonic() < deadline:
            time.sleep(0.1)
        bucket.grow()
        report = answer(here(hub.data, "ingest", "--json", **bucket.where))
        assert report["ingested"] == 1
        assert found(hub.data, "kingfisher", bucket.where) == 10
        shown = here(hub.data, "ingest", **bucket.where).stdout
        assert "goes on by itself" in shown


@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_without_a_hub_it_goes_on_until_it_is_stopped(bucket: Bucket, tmp_path: Path, number: signal.Signals) -> None:
    hub = tmp_path / "hub"
    process = Forked(
        ["akosha", "ingest"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(hub, {**bucket.where, "AKOSHA_INGEST_INTERVAL_SECONDS": "1"}),
    )
    try:
        assert process.stdout is not None
        assert "Took in 1 of 1 upload" in process.stdout.readline()
        bucket.grow()
        while "Took in" not in (line := process.stdout.readline()):
            assert line.startswith("Nothing new")
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert found(hub, "kingfisher", bucket.where) == 10


@pytest.mark.parametrize("arguments", [("ingest", "--once"), ("ingest",)])
def test_without_a_bucket_it_says_how_to_name_one(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = here(tmp_path / "hub", *arguments, "--json")
    assert done.returncode == 2
    assert answer(done)["error"]["code"] == "akosha.no_bucket"


def test_a_bucket_that_is_away_is_not_told_as_one_without_anything_new(tmp_path: Path) -> None:
    gone = tmp_path / "disk" / "cloud"
    where = {"AKOSHA_CLOUD_ENDPOINT": gone.as_uri()}
    done = here(tmp_path / "hub", "ingest", "--once", **where)
    assert (done.returncode, done.stdout) == (1, "")
    assert str(gone) in done.stderr
    told = answer(here(tmp_path / "hub", "ingest", "--once", "--json", **where))
    assert (told["failed"], told["error"]["code"]) == (True, "storage.folder_missing")


def test_what_waits_for_the_next_round_is_named_with_its_reason(sealed: Bucket, tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    assert here(hub, "ingest", "--once", **sealed.where).returncode == 0
    (hub / "vault_keys.json").write_text("no keys")
    done = here(hub, "ingest", "--once", **sealed.where)
    assert done.returncode == 1
    (system,) = (sealed.cloud / "systems").iterdir()
    assert f"what is new of {system.name}" in done.stdout
    assert "vault_keys.json" in done.stderr


def test_a_malformed_upload_is_named_with_its_reason_and_is_exit_code_3(bucket: Bucket, tmp_path: Path) -> None:
    for pack in bucket.cloud.rglob("*.pack"):
        pack.write_bytes(pack.read_bytes()[:-40] + b"x" * 40)
    done = here(tmp_path / "hub", "ingest", "--once", **bucket.where)
    assert done.returncode == 3
    assert "set aside" in done.stdout
    status = answer(here(tmp_path / "hub", "status", "--json", **bucket.where))
    (problem,) = status["problems"]
    assert problem["state"] == "quarantined"
    assert problem["error"]["next_step"]
    shown = here(tmp_path / "hub", "status", **bucket.where).stdout
    assert problem["upload_id"] in shown
    assert problem["error"]["title"] in shown
    assert here(tmp_path / "hub", "ingest", "--once", **bucket.where).returncode == 0


@pytest.mark.parametrize("by", ["passphrase", "recovery key"])
def test_an_encrypted_upload_is_readable_once_its_key_was_given(sealed: Bucket, tmp_path: Path, by: str) -> None:
    hub = tmp_path / "hub"
    first = here(hub, "ingest", "--once", **sealed.where)
    assert first.returncode == 0
    assert "not readable" in first.stdout
    shown = here(hub, "status", **sealed.where).stdout
    assert sealed.vault_id in shown
    assert "akosha key add" in shown
    secret = PASSPHRASE if by == "passphrase" else sealed.recovery
    added = here(hub, "key", "add", sealed.vault_id, given=f"{secret}\n", **sealed.where)
    assert added.returncode == 0, added.stderr
    assert "whoever reads that file" in added.stdout
    assert secret not in added.stdout
    assert sealed.vault_id in here(hub, "key", "list").stdout
    if sys.platform != "win32":
        assert stat.S_IMODE((hub / "vault_keys.json").stat().st_mode) == 0o600
    assert answer(here(hub, "ingest", "--once", "--json", **sealed.where))["ingested"] == 1
    assert found(hub, "heron", sealed.where) == 30


def test_a_key_that_was_taken_away_reads_nothing_new(sealed: Bucket, tmp_path: Path) -> None:
    hub = tmp_path / "hub"
    assert here(hub, "key", "add", sealed.vault_id, given=f"{PASSPHRASE}\n", **sealed.where).returncode == 0
    assert answer(here(hub, "ingest", "--once", "--json", **sealed.where))["ingested"] == 1
    assert here(hub, "key", "remove", sealed.vault_id).returncode == 0
    assert "No vault's key" in here(hub, "key", "list").stdout
    sealed.grow()
    assert answer(here(hub, "ingest", "--once", "--json", **sealed.where))["unreadable"] == 1
    assert found(hub, "heron", sealed.where) == 30


@pytest.mark.parametrize(
    ("given", "vault_id", "code"),
    [
        ("another passphrase altogether\n", None, "keys.wrong_passphrase"),
        ("0000-0000-0000-0000-0000-0000-0000-0000-0001\n", None, "keys.wrong_passphrase"),
        ("\n", None, "cli.empty_secret"),
        (f"{PASSPHRASE}\n", "f" * 32, "keys.none"),
    ],
)
def test_a_wrong_key_is_not_kept(sealed: Bucket, tmp_path: Path, given: str, vault_id: str | None, code: str) -> None:
    hub = tmp_path / "hub"
    done = here(hub, "key", "add", vault_id or sealed.vault_id, "--json", given=given, **sealed.where)
    assert (done.returncode, answer(done)["error"]["code"]) == (2, code)
    assert answer(here(hub, "key", "list", "--json")) == {"vaults": []}


def test_a_running_hub_reads_with_a_key_that_was_added_meanwhile(sealed: Bucket, tmp_path: Path) -> None:
    with serving(tmp_path / "hub", AKOSHA_INGEST_INTERVAL_SECONDS="3600", **sealed.where) as hub:
        assert here(hub.data, "ingest", "--json", **sealed.where).returncode == 0
        assert found(hub.data, "heron", sealed.where) == 0
        added = here(hub.data, "key", "add", sealed.vault_id, given=f"{PASSPHRASE}\n", **sealed.where)
        assert added.returncode == 0, added.stderr
        assert answer(here(hub.data, "ingest", "--json", **sealed.where))["ingested"] == 1
        assert found(hub.data, "heron", sealed.where) == 30
