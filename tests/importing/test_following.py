"""Claude Code's sessions, followed into the vault as they grow."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from core.memory.following import STATE, Followed, follow_claude_code, followed_files
from core.sources import Notice, Source
from core.vault import LocalVaultService
from tests.importing.samples import code_lines, code_record, code_turn

pytestmark = pytest.mark.asyncio


class Home:
    """A vault, and the folder in which Claude Code keeps its transcripts."""

    def __init__(self, folder: Path) -> None:
        self.vault = LocalVaultService.open(folder / "vault")
        self.projects = folder / ".claude" / "projects"
        self.projects.mkdir(parents=True)
        self.source = Source("claude-code", "files", self.projects)
        self.notices: list[Notice] = []
        self.now = 0.0

    def write(self, name: str, data: bytes, *, ago: float = 1000) -> Path:
        path = self.projects / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        return self.touched(path, ago)

    def append(self, path: Path, data: bytes, *, ago: float = 1000) -> None:
        with path.open("ab") as file:
            file.write(data)
        self.touched(path, ago)

    def touched(self, path: Path, ago: float) -> Path:
        self.now += 10_000_000_000 if not self.now else 10
        os.utime(path, (self.now - ago, self.now - ago))
        return path

    async def follow(self, **options: object) -> Followed:
        return await follow_claude_code(
            self.vault,
            self.source,
            clock=lambda: self.now,
            embed=False,
            notices=self.notices,
            **options,  # type: ignore[arg-type]
        )

    def said(self) -> list[tuple[str, str]]:
        return [(node["human_content"], node["assistant_content"]) for node in self.vault.read_nodes()]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


async def test_what_a_session_says_comes_into_the_vault_as_it_grows(home: Home) -> None:
    path = home.write("boats/one.jsonl", code_lines(code_turn(1)))
    assert (await home.follow()).files == 1
    home.append(path, code_lines(code_turn(2)))
    done = await home.follow()
    assert home.said() == [(f"Fix bug {n} in the sail", f"Fixed bug {n}.") for n in (1, 2)]
    assert done.imported is not None
    assert (done.imported.report.new_turns, done.imported.report.changed_turns) == (1, 0)
    assert [len(episode["messages"]) for episode in home.vault.read_episodes()] == [4]


async def test_nothing_is_read_while_nothing_has_changed(home: Home) -> None:
    home.write("boats/one.jsonl", code_lines(code_turn(1)))
    await home.follow()
    generation = home.vault.generation
    assert await home.follow() == Followed(0, 0)
    assert home.vault.generation == generation


async def test_a_turn_that_was_taken_half_is_completed(home: Home) -> None:
    records = code_turn(1)
    path = home.write("boats/one.jsonl", code_lines(records[:2]) + code_lines(records[2:3])[:-40])
    await home.follow()
    assert home.said() == [("Fix bug 1 in the sail", "")]
    home.write(path.relative_to(home.projects).as_posix(), code_lines(records))
    await home.follow()
    assert home.said() == [("Fix bug 1 in the sail", "Fixed bug 1.")]
    assert len(home.vault.read_nodes()) == 1


async def test_a_session_that_is_being_written_waits_until_it_is_quiet(home: Home) -> None:
    path = home.write("boats/one.jsonl", code_lines(code_turn(1)), ago=20)
    assert await home.follow(quiet_seconds=300.0) == Followed(0, 1)
    home.touched(path, ago=400)
    assert (await home.follow(quiet_seconds=300.0)).files == 1
    home.append(path, code_lines(code_turn(2)), ago=20)
    assert (await home.follow(quiet_seconds=300.0)).waiting == 1
    assert (await home.follow(quiet_seconds=0.0)).files == 1


async def test_a_session_that_is_never_quiet_is_taken_after_an_hour(home: Home) -> None:
    path = home.write("boats/one.jsonl", code_lines(code_turn(1)))
    await home.follow()
    home.now += 3700
    home.append(path, code_lines(code_turn(2)), ago=1)
    assert (await home.follow(quiet_seconds=300.0)).files == 1


async def test_a_session_that_was_deleted_or_cut_takes_nothing_from_the_vault(home: Home) -> None:
    first = home.write("boats/one.jsonl", code_lines(code_turn(1) + code_turn(2)))
    second = home.write(
        "boats/two.jsonl", code_lines([{**r, "sessionId": "two", "uuid": f"2{r['uuid']}"} for r in code_turn(3)])
    )
    await home.follow()
    second.unlink()
    home.write(first.relative_to(home.projects).as_posix(), code_lines(code_turn(4)))
    done = await home.follow()
    assert {human for human, _ in home.said()} == {f"Fix bug {n} in the sail" for n in (1, 2, 3, 4)}
    assert [len(episode["messages"]) for episode in home.vault.read_episodes()] == [6, 2]
    assert done.imported is not None
    assert [one.code for one in done.imported.report.findings if one.code == "import.rewritten"]


async def test_what_remembers_how_far_it_was_read_may_be_lost(home: Home) -> None:
    home.write("boats/one.jsonl", code_lines(code_turn(1)))
    await home.follow()
    for content in (b"", b"{", b'{"version": 9}', b'{"version": 1, "claude-code": {"a": 3}}'):
        (home.vault.root / STATE).write_bytes(content)
        await home.follow()
    (home.vault.root / STATE).unlink()
    await home.follow()
    assert len(home.vault.read_nodes()) == 1


async def test_a_resumed_session_that_repeats_an_older_one_adds_only_what_is_new(home: Home) -> None:
    home.write("boats/one.jsonl", code_lines(code_turn(1)))
    resumed = [{**record, "sessionId": "resumed"} for record in code_turn(1) + code_turn(2)]
    home.write("boats/two.jsonl", code_lines(resumed))
    await home.follow()
    assert len(home.vault.read_nodes()) == 2
    generation = home.vault.generation
    (home.vault.root / STATE).unlink()
    await home.follow()
    assert home.vault.generation == generation


async def test_a_switched_off_or_missing_source_is_left_alone(home: Home) -> None:
    home.write("boats/one.jsonl", code_lines(code_turn(1)))
    off = Source("claude-code", "files", home.projects, enabled=False)
    assert await follow_claude_code(home.vault, off, embed=False) == Followed(0, 0)
    missing = Source("claude-code", "files", home.projects / "nowhere")
    assert await follow_claude_code(home.vault, missing, embed=False) == Followed(0, 0)
    assert home.said() == []


async def test_excluded_folders_and_files_of_other_kinds_are_left_alone(home: Home) -> None:
    home.write("secret/one.jsonl", code_lines(code_turn(1)))
    home.write("boats/notes.txt", b"hello")
    home.write("boats/other.jsonl", b'{"a": 1}\n{"a": 2}\n')
    home.source = Source("claude-code", "files", home.projects, exclude=("secret/",))
    await home.follow()
    assert home.said() == []
    assert list(followed_files(home.vault.root)) == ["boats/other.jsonl"]


async def test_a_file_in_which_nobody_says_anything_is_no_session(home: Home) -> None:
    home.write("boats/said.jsonl", code_lines(code_turn(1)))
    home.write("boats/empty.jsonl", b"")
    home.write("boats/garbage.jsonl", b"\x00\xff not json\n{}\n[1]\n")
    await home.follow()
    marks = followed_files(home.vault.root)
    assert {name: mark.is_session for name, mark in marks.items()} == {
        "boats/said.jsonl": True,
        "boats/empty.jsonl": False,
        "boats/garbage.jsonl": False,
    }


async def test_private_parts_of_a_session_stay_out(home: Home) -> None:
    home.write("boats/one.jsonl", code_lines([code_record("u", "user", "a <private>pin 1234</private> b", 1)]))
    await home.follow()
    assert "1234" not in json.dumps(home.vault.read_nodes() + home.vault.read_episodes())
