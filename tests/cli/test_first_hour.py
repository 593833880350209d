"""A person's first hour with real processes: set up a folder as the cloud, sync, look, and bring a memory back."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.vault import LocalVaultService
from tests.forked import run_forked

Cogzy = Callable[..., Any]


@pytest.fixture
def cogzy(vault_dir: Path, tmp_path: Path) -> Cogzy:
    """Run `cogzy ... --json` on the vault and return its object; the exit code must be 0."""
    environ = {name: value for name, value in os.environ.items() if name != "COGZY_VAULT_DIR"}
    environ |= {"COGZY_STATE_DIR": str(tmp_path / "state"), "COGZY_SESSION_BUDDY_DIR": str(tmp_path / "none")}
    environ |= {"HOME": str(tmp_path / "home"), "COGZY_SECRETS_PASSPHRASE": "opens the file of secrets"}

    def run(*arguments: str, typed: str = "", code: int = 0) -> Any:
        done = run_forked(
            ["cogzy", "--vault", str(vault_dir), *arguments, "--json"],
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environ,
        )
        assert "Traceback" not in done.stderr
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    return run


def add_memories(vault_dir: Path, first: int, count: int) -> None:
    nodes = [
        {
            "id": f"n{number}",
            "source": "test",
            "conversation_id": "c",
            "sequence_index": number,
            "created_at": "2026-01-01T00:00:00Z",
            "human_content": f"question {number}",
            "assistant_content": f"answer {number}",
        }
        for number in range(first, first + count)
    ]
    LocalVaultService.open(vault_dir).append_nodes(nodes, None)


def test_from_nothing_to_a_restored_memory(cogzy: Cogzy, vault_dir: Path, tmp_path: Path) -> None:
    assert cogzy("status")["state"] == "setup_needed"
    assert cogzy("sync", code=2)["error"]["code"] == "cloud.not_set_up"
    (tmp_path / "cloud").mkdir()
    cogzy("config", "set", "cloud_endpoint", (tmp_path / "cloud").as_uri())
    add_memories(vault_dir, 0, 30)
    first = cogzy("sync")
    assert first["success"]
    assert first["upload_id"]
    assert first["bytes_transferred"] > 0
    assert cogzy("sync")["files_uploaded"] == 0
    add_memories(vault_dir, 30, 5)
    second = cogzy("sync")
    assert second["upload_id"] != first["upload_id"]
    status = cogzy("status")
    assert status["state"] == "idle"
    assert status["owner"] == {"kind": "none", "pid": None}
    assert status["vault"]["nodes"] == 35
    assert status["methods"]["cloud"]["upload_id"] == second["upload_id"]
    uploads = cogzy("uploads")["uploads"]
    assert {upload["upload_id"] for upload in uploads} == {first["upload_id"], second["upload_id"]}
    files = cogzy("uploads", "latest")
    assert files["upload_id"] == second["upload_id"]
    sizes = {file["path"]: file["size"] for file in files["files"]}
    assert sizes["vault/corpus/nodes.json"] == (vault_dir / "corpus" / "nodes.json").stat().st_size
    cogzy("restore", "latest", "--to", str(tmp_path / "back"))
    restored = list((tmp_path / "back").rglob("nodes.json"))
    assert [path.read_bytes() for path in restored] == [(vault_dir / "corpus" / "nodes.json").read_bytes()]
    assert cogzy("check")["damage"] == []
    cogzy("verify", "--sample", "100")
    cogzy("test-connection")


def test_a_reset_and_its_undo(cogzy: Cogzy, vault_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    cogzy("config", "set", "cloud_endpoint", (tmp_path / "cloud").as_uri())
    add_memories(vault_dir, 0, 10)
    cogzy("sync")
    add_memories(vault_dir, 10, 5)
    assert cogzy("reset", "--from-cloud", code=4)["error"]["code"] == "cli.needs_yes"
    cogzy("reset", "--from-cloud", "--yes")
    assert cogzy("status")["vault"]["nodes"] == 10
    cogzy("undo-reset")
    assert cogzy("status")["vault"]["nodes"] == 15


def test_an_encrypted_copy_and_a_new_passphrase(cogzy: Cogzy, vault_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    cogzy("config", "set", "cloud_endpoint", (tmp_path / "cloud").as_uri())
    cogzy("credentials", "set", "hub_token", "--in-file", typed="a token\n")
    add_memories(vault_dir, 0, 10)
    assert cogzy("encrypt", "--new", typed="short\n", code=2)["error"]["code"] == "cli.short_passphrase"
    assert cogzy("encrypt", "--new", typed="the first passphrase\n")["recovery_key"]
    assert cogzy("sync")["success"]
    cogzy("encrypt", "--change", typed="the second passphrase\n")
    assert cogzy("encrypt", "--recovery-key")["recovery_key"]
    assert [upload["encrypted"] for upload in cogzy("uploads")["uploads"]] == [True]
    stored = b"".join(path.read_bytes() for path in (tmp_path / "cloud").rglob("*") if path.is_file())
    assert b"answer 3" not in stored
