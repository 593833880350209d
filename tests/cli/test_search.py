"""`cogzy search`: hits for a person and for a machine, and what it says when there are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from core.cli import main
from core.cli.search import _wrapped, moment
from core.memory.answers import KINDS
from core.vault import LocalVaultService

Cogzy = Callable[..., str]


@pytest.fixture
def cogzy(
    vault_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Cogzy:
    """Run `cogzy search ...` on a vault with some memories; what it printed."""
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "none"))
    for name in ("STATE", "RUNTIME"):
        monkeypatch.setenv(f"COGZY_{name}_DIR", str(tmp_path / name))
    LocalVaultService.open(vault_dir).append_nodes(
        [
            {
                "id": f"n{at}",
                "source": "claude",
                "project": "house" if at else None,
                "conversation_id": f"c{at}",
                "sequence_index": 0,
                "created_at": f"2026-05-{at + 1:02}T12:00:00+00:00",
                "human_content": text,
                "assistant_content": "An answer.\x1b[31m",
            }
            for at, text in enumerate(["How to prune apple trees", "Apples or pears", "Pears alone"])
        ]
    )

    def run(*words: str, code: int = 0) -> str:
        assert main(["--vault", str(vault_dir), "search", *words]) == code
        shown = capsys.readouterr()
        return shown.out if code == 0 else shown.out + shown.err

    return run


def test_a_person_sees_date_source_text_score_and_id(cogzy: Cogzy) -> None:
    lines = cogzy("apple", "trees").splitlines()
    assert lines[0].startswith("1. 2026-05-01")
    assert lines[0].endswith("claude")
    assert "How to prune apple trees" in lines[1]
    assert lines[2].split()[0] == "1.00"
    assert "words 100%, meaning 0%" in lines[2]
    assert lines[2].endswith("n0")
    assert "Search finds words only, not meaning" in lines[-1]
    assert "\x1b" not in "".join(lines)


def test_a_machine_gets_one_object(cogzy: Cogzy) -> None:
    found = json.loads(cogzy("pears", "--json", "-k", "1"))
    assert found["query"] == "pears"
    assert len(found["hits"]) == 1
    assert found["hits"][0]["snippet"][slice(*found["hits"][0]["matches"][0])].lower() == "pears"
    assert found["meaning"]["why_not"]["code"] == "embedding.no_model"


def test_filters_are_taken_from_the_command_line(cogzy: Cogzy) -> None:
    def ids(*words: str) -> list[str]:
        return [hit["id"] for hit in json.loads(cogzy("apple", "pears", "--json", *words))["hits"]]

    assert set(ids()) == {"n0", "n1", "n2"}
    assert set(ids("--project", "house")) == {"n1", "n2"}
    assert ids("--source", "chatgpt") == []
    assert ids("--after", "2026-05-03T00:00:00+00:00") == ["n2"]
    assert set(ids("--before", "2026-05-02T00:00+00:00", "--kind", "node")) == {"n0"}


def test_nothing_found_says_why(cogzy: Cogzy) -> None:
    assert "Nothing found among 3 memories." in cogzy("zebra")
    assert "too common" in cogzy("who", "are", "you")
    assert "no word in that" in cogzy("?!")


def test_a_source_that_no_memory_has_is_named_with_those_that_there_are(cogzy: Cogzy) -> None:
    assert json.loads(cogzy("apple", "--json", "--source", "nosuch"))["sources"] == ["claude"]
    assert json.loads(cogzy("zebra", "--json", "--source", "claude"))["sources"] == []


def test_a_person_is_told_which_sources_there_are(
    cogzy: Cogzy, vault_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--vault", str(vault_dir), "search", "apple", "--source", "nosuch"]) == 0
    assert "No memory is from nosuch. There are memories from: claude." in capsys.readouterr().err


def test_no_hits_at_all_cannot_be_asked_for(cogzy: Cogzy) -> None:
    assert "between 1 and 10000" in cogzy("apple", "-k", "0", code=2)


def test_an_empty_vault_says_so(
    vault_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "none"))
    assert main(["--vault", str(vault_dir), "search", "anything"]) == 0
    assert "holds no memories yet" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("x", "--after", "yesterday"), ("x", "-k", "-3"), ("x", "--kind", "rumour"), ()])
def test_wrong_use_is_exit_code_2(cogzy: Cogzy, words: tuple[str, ...]) -> None:
    assert "Traceback" not in cogzy(*words, code=2)


def test_a_date_is_of_this_computers_time_zone_unless_it_says_another() -> None:
    assert moment(None) is None
    assert moment("2026-05-08") == datetime(2026, 5, 8).astimezone().timestamp()  # local on purpose
    assert moment("2026-05-08T00:00:00+02:00") == 1_778_191_200.0


@pytest.mark.parametrize("width", [10, 23, 24, 40, 200])
def test_wrapping_keeps_every_word_and_marks_every_match(width: int) -> None:
    text = "an apple a day keeps the verylongwordwithoutanyblankinitatallandmore away"
    matches = [(3, 8), (25, 68)]
    lines = list(_wrapped(text, matches, width))
    bare = [line.replace("\x1b[1m", "").replace("\x1b[0m", "") for line in lines]
    assert "".join("".join(bare).split()) == "".join(text.split())
    assert all(len(line) <= max(width, 23) for line in bare)
    marked: Any = "".join(lines).split("\x1b[1m")[1:]
    assert "".join(part.split("\x1b[0m")[0] for part in marked) == "appleverylongwordwithoutanyblankinitatallandmore"


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_memory_can_be_asked_for(cogzy: Cogzy, kind: str) -> None:
    answer = json.loads(cogzy("apple", "--kind", kind, "--json"))
    assert {hit["kind"] for hit in answer["hits"]} == ({"node"} if kind == "node" else set())


def test_a_search_needs_not_to_own_the_vault_nor_room_on_its_disk(cogzy: Cogzy, vault_dir: Path) -> None:
    assert "How to prune" in cogzy("apple", "trees")
    assert not (vault_dir / "sync" / "owner.lock").exists()
