"""`cogzy preview`: what would go up, the likely secrets in it, and deciding about them; nothing is sent by looking."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core import settings
from core.cli import main
from core.errors import RefusedError
from core.sync.secrets.leaving_out import left_out
from tests.sync.test_holding import AWS, GITHUB, in_transcript, in_vault
from tests.sync.world import Computer, objects


@pytest.fixture
def computer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Computer]:
    made = Computer(tmp_path / "laptop", tmp_path / "cloud")
    made.environ |= {"COGZY_SOURCES_SESSION_BUDDY": "false", "COGZY_SOURCES_EXTRA": "[]"}
    made.say("one/session.jsonl", 3)
    made.say("two/session.jsonl", 3)
    made.remember(0, 5)
    in_transcript(made)
    in_vault(made)
    for name, value in {**made.environ, "COGZY_RUNTIME_DIR": str(tmp_path / "run")}.items():
        monkeypatch.setenv(name, value)
    yield made
    asyncio.run(made.close())


def cogzy(computer: Computer, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    code = main([*words, "--vault", str(computer.vault)])
    return code, capsys.readouterr().out


def found(computer: Computer, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    code, out = cogzy(computer, capsys, "preview", "--json")
    assert code == 0
    told: dict[str, Any] = json.loads(out)
    return told


def test_it_tells_parts_and_masked_secrets_and_sends_nothing(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    told = found(computer, capsys)
    parts = {part["name"]: part for part in told["parts"] if part["enabled"]}
    assert {name: (part["files"], part["new_files"], part["rows"]) for name, part in parts.items()} == {
        "vault": (2, 2, 5),
        "claude-code": (2, 2, None),
    }
    assert (told["undecided"], {one["kind"] for one in told["secrets"]}) == (2, {"aws_key", "github_token"})
    code, shown = cogzy(computer, capsys, "preview")
    assert code == 0
    for words in ("claude-code", "github token", "ghp_…(40)", "cogzy preview --send ID…"):
        assert words in shown
    for secret in (AWS, GITHUB):
        assert secret not in shown + json.dumps(told)
    assert objects(computer.cloud) == {}
    assert "two/session.jsonl" in cogzy(computer, capsys, "preview", "claude-code")[1]


def test_what_was_decided_at_the_command_line_is_what_the_next_sync_does(
    computer: Computer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = cogzy(computer, capsys, "sync")
    assert code == 0
    assert "`cogzy preview` shows them" in said
    kinds = {one["kind"]: one["id"][:8] for one in found(computer, capsys)["secrets"]}
    assert cogzy(computer, capsys, "preview", "--redact", kinds["aws_key"])[0] == 4  # nobody could be asked
    assert cogzy(computer, capsys, "preview", "--redact", kinds["aws_key"], "--yes")[0] == 0
    assert cogzy(computer, capsys, "preview", "--send", "0000")[0] == 2
    assert cogzy(computer, capsys, "preview", "--exclude", kinds["github_token"])[0] == 0
    assert settings.load(computer.vault).settings.sources.exclude == ("/one/session.jsonl",)
    assert "wait" not in cogzy(computer, capsys, "sync")[1]
    sent = b"".join(objects(computer.cloud).values())
    assert AWS.encode() not in sent
    assert json.loads(cogzy(computer, capsys, "status", "--json")[1])["state"] == "idle"


def test_a_decision_to_send_can_be_taken_back(computer: Computer, capsys: pytest.CaptureFixture[str]) -> None:
    assert cogzy(computer, capsys, "preview", "--send", "all")[0] == 0
    assert found(computer, capsys)["undecided"] == 0
    assert cogzy(computer, capsys, "preview", "--ask-again", "all")[0] == 0
    assert found(computer, capsys)["undecided"] == 2


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("claude-code", {"sources.exclude": ["*.tmp", "/a/b.jsonl"]}),
        ("notes", {"sources.exclude": ["*.tmp", "/a/b.jsonl"]}),
        ("session-buddy-reflection", {"sources.session_buddy_reflection": False}),
        (
            "light",
            {
                "sources.extra": [
                    {"name": "notes", "kind": "files", "path": "/n", "enabled": True, "exclude": []},
                    {"name": "light", "kind": "sqlite", "path": "/l.db", "enabled": False, "exclude": []},
                ]
            },
        ),
    ],
)
def test_leaving_out_takes_the_file_or_where_rows_cannot_be_left_out_the_source(
    part: str, change: dict[str, Any]
) -> None:
    extra = [
        {"name": "notes", "kind": "files", "path": "/n"},
        {"name": "light", "kind": "sqlite", "path": "/l.db"},
    ]
    values = settings.Settings.model_validate({"sources": {"exclude": ["*.tmp"], "extra": extra}})
    assert left_out(values, [{"part": part, "path": "a/b.jsonl"}]) == change
    with pytest.raises(RefusedError):
        left_out(values, [{"part": "vault", "path": "corpus/nodes.json"}])
