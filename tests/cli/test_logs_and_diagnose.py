"""The log and the bug report: owner-only, bounded, and without secrets or memories."""

from __future__ import annotations

import json
import logging
import os
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import logs
from core.cli import main
from core.diagnose import write_report
from core.files import FileError

SECRET = "planted+secret/value=="
MEMORY = "a memory that stays here"


@pytest.fixture(autouse=True)
def _own_logging(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(logs, "_secrets", set())
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def log_file(vault: Path) -> Path:
    return vault / "logs" / "cogzy.log"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("key AKIAIOSFODNN7EXAMPLE refused", "AKIAIOSFODNN7EXAMPLE"),
        ("GET https://me:pass@host/x", "me:pass"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("?X-Amz-Signature=0123456789abcdef0123456789abcdef&x", "0123456789abcdef0123456789abcdef"),
        ("Credential=AKIDEXAMPLE/2026/auto/s3/aws4_request, x", "AKIDEXAMPLE"),
        ('{"cloud_secret": "s3cr3t-value"}', "s3cr3t-value"),
        ("COGZY_PASSPHRASE=correct-horse", "correct-horse"),
        ("aws_access_key_id = 'GK31337'", "GK31337"),
    ],
)
def test_what_looks_like_a_credential_is_hidden(text: str, hidden: str) -> None:
    assert hidden not in logs.redact(text)
    assert logs.HIDDEN in logs.redact(text)


def test_plain_sentences_stay_as_they_are() -> None:
    text = "cloud: put vaults/1/packs/ab/ab12.pack 3 pieces, 16 kB in 0.2 s (token bucket empty)"
    assert logs.redact(text) == text


def test_known_secrets_are_hidden_in_messages_and_tracebacks(vault_dir: Path) -> None:
    logs.configure(vault_dir, {"COGZY_CLOUD_SECRET": SECRET})
    try:
        raise ValueError(SECRET)
    except ValueError:
        logging.getLogger("core.test").exception("with %s", SECRET)
    written = log_file(vault_dir).read_text()
    assert SECRET not in written
    assert "ValueError: " + logs.HIDDEN in written


def test_the_log_is_the_owners_alone_and_made_with_its_first_record(vault_dir: Path) -> None:
    logs.configure(vault_dir, {})
    assert not vault_dir.exists()
    logging.getLogger("core.test").info("first")
    assert stat.S_IMODE(log_file(vault_dir).stat().st_mode) == 0o600
    assert stat.S_IMODE(log_file(vault_dir).parent.stat().st_mode) == 0o700


def test_records_are_bounded_and_other_libraries_are_heard_from_warnings_up(vault_dir: Path) -> None:
    logs.configure(vault_dir, {"COGZY_LOG_LEVEL": "DEBUG"})
    logging.getLogger("core.test").debug("x" * 100_000)
    logging.getLogger("botocore.endpoint").debug("body: %s", MEMORY)
    logging.getLogger("botocore.endpoint").info("body: %s", MEMORY)
    logging.getLogger("botocore.endpoint").warning("slow")
    written = log_file(vault_dir).read_text()
    assert len(written) < 2 * logs.LONGEST_RECORD
    assert MEMORY not in written
    assert "slow" in written


def test_the_log_rotates(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "_MOST_BYTES", 10_000)
    logs.configure(vault_dir, {})
    for number in range(400):
        logging.getLogger("core.test").info("record %d %s", number, "x" * 200)
    files = sorted(path.name for path in log_file(vault_dir).parent.iterdir())
    assert files == ["cogzy.log", "cogzy.log.1", "cogzy.log.2", "cogzy.log.3"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in log_file(vault_dir).parent.iterdir())


def test_a_log_that_cannot_be_written_stops_nothing(vault_dir: Path) -> None:
    vault_dir.mkdir()
    (vault_dir / "logs").write_text("in the way")
    logs.configure(vault_dir, {})
    logging.getLogger("core.test").error("lost")
    logging.getLogger("core.test").error("lost again")
    assert (vault_dir / "logs").read_text() == "in the way"


def test_configuring_twice_writes_once(vault_dir: Path) -> None:
    logs.configure(vault_dir, {})
    logs.configure(vault_dir, {})
    logging.getLogger("core.test").info("once")
    assert log_file(vault_dir).read_text().count("once") == 1


def test_a_report_holds_the_log_and_no_secret_and_no_memory(
    vault_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (vault_dir / "corpus").mkdir(parents=True)
    (vault_dir / "traces").mkdir()
    (vault_dir / "traces" / f"{MEMORY}.json").write_text(MEMORY)
    (vault_dir / "corpus" / "nodes.json").write_text(json.dumps([{"id": "1", "human_content": MEMORY}]))
    (vault_dir / "logs").mkdir()
    (vault_dir / "logs" / "cogzy.log").write_text(f"line at {Path.home()}/x\ncloud_secret={SECRET}\n")
    monkeypatch.setenv("COGZY_CLOUD_KEY_ID", "id-" + SECRET)
    monkeypatch.setenv("COGZY_CLOUD_SECRET", SECRET)
    logs.configure(vault_dir, os.environ)
    path = write_report(vault_dir, tmp_path / "report.zip")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    written = {"about.json", "settings.json", "secrets.json", "status.json", "vault.json", "logs/cogzy.log"}
    assert written == parts.keys()
    everything = "".join(parts.values())
    assert SECRET not in everything
    assert MEMORY not in everything
    assert "line at ~/x" in everything
    assert json.loads(parts["secrets.json"])["cloud_secret"] == "present"
    assert json.loads(parts["vault.json"])["traces"]["files"] == 1


def test_a_report_never_overwrites(vault_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(FileError):
        write_report(vault_dir, tmp_path / "mine")
    assert (tmp_path / "mine").read_text() == "mine"


def test_the_command_names_the_file(vault_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--vault", str(vault_dir), "diagnose", "--to", str(tmp_path / "d.zip"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {"path": str(tmp_path / "d.zip"), "bytes": (tmp_path / "d.zip").stat().st_size}
