"""An index on the disk: what was flushed is there again, whatever happens in between; what is damaged is not used."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from core.files import FileError
from core.memory import folder as folder_module
from core.memory import state
from core.memory.index import EmbeddedIndex, IndexRecord, Query
from tests.memory.made import memory, random_vectors

VECTORS = random_vectors(400, 16)
ASKED = [Query("", VECTORS[3]), Query("cat turn7", VECTORS[9]), Query("cat"), Query("turn11 dogs")]


def turns(first: int, last: int) -> list[IndexRecord]:
    return [
        memory(n, f"{'cat' if n % 3 else 'dog'} turn{n}", VECTORS[n] if n % 5 else None, conversation="c", position=n)
        for n in range(first, last)
    ]


def answers(index: EmbeddedIndex) -> list[object]:
    return [index.search(query) for query in ASKED]


def test_it_answers_the_same_when_it_is_opened_again(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index", None)
    for turn in range(8):
        index.add(turns(turn * 40, turn * 40 + 50))
        index.delete(range(turn * 40, turn * 40 + 5))
        before = answers(index)
        index.flush(turn + 1)
        assert answers(index) == before
        index.close()
        index = EmbeddedIndex(tmp_path / "index", None)
        assert index.seq == turn + 1
        assert answers(index) == before
    index.close()


def test_what_came_after_the_last_flush_is_gone_and_only_that(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index", None)
    index.add(turns(0, 50))
    index.flush(1)
    before = answers(index)
    index.add(turns(20, 90))
    index.delete([3])
    index.close()
    again = EmbeddedIndex(tmp_path / "index", None)
    assert (again.seq, answers(again)) == (1, before)
    again.add(turns(20, 90))
    again.delete([3])
    again.flush(2)
    again.close()
    whole = EmbeddedIndex(None, None)
    whole.add(turns(0, 90))
    whole.delete([3])
    assert answers(EmbeddedIndex(tmp_path / "index", None)) == answers(whole)


@pytest.mark.parametrize("step", range(12))
def test_a_flush_that_fails_anywhere_can_be_repeated_or_reopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    index = EmbeddedIndex(tmp_path / "index", None)
    index.add(turns(0, 50))
    index.flush(1)
    before = answers(index)
    index.add(turns(40, 90))
    index.delete([3])
    after = answers(index)
    calls = 0
    real = os.fsync

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == step + 1:
            raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    failed = ""
    try:
        index.flush(2)
    except FileError as error:
        failed = error.code
    assert failed == ("files.disk_full" if calls == step + 1 else "")
    monkeypatch.undo()
    crashed = tmp_path / "crashed"
    shutil.copytree(tmp_path / "index", crashed)
    again = EmbeddedIndex(crashed, None)
    assert (again.seq, answers(again)) in ((1, before), (2, after))
    again.close()
    assert answers(index) == after
    index.flush(2)
    index.close()
    assert answers(EmbeddedIndex(tmp_path / "index", None)) == after


def test_a_killed_process_loses_nothing_that_was_flushed(tmp_path: Path) -> None:
    program = """
import itertools, sys
from pathlib import Path
from core.memory import dense, state
from core.memory.index import EmbeddedIndex
from tests.memory.made import memory, random_vectors
dense.SPILL, state.MOST_DEAD = 30, 50
index = EmbeddedIndex(Path(sys.argv[1]), None)
vectors = random_vectors(50, 16)
for seq in itertools.count(1):
    index.add([memory(n, f"cat seq{seq} word{n}", vectors[n]) for n in range(50)])
    index.delete([seq % 50])
    index.flush(seq)
    print(seq, flush=True)
"""
    path = tmp_path / "index"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as child:
        assert child.stdout is not None
        seen = 0
        for line in child.stdout:
            seen = int(line)
            if seen == 7:
                child.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    index = EmbeddedIndex(path, None)
    assert index.seq in (seen, seen + 1)
    found = {hit.label for hit in index.search(Query(f"seq{index.seq}", k=100))}
    assert found == set(range(50)) - {index.seq % 50}
    index.close()


@pytest.mark.parametrize("damage", ["flip", "cut", "remove"])
@pytest.mark.parametrize("kind", [".codes", ".rows", ".postings", ".words", ".header"])
def test_a_damaged_file_sets_all_aside_and_the_index_begins_empty(tmp_path: Path, kind: str, damage: str) -> None:
    path = tmp_path / "index"
    index = EmbeddedIndex(path, None)
    index.add(turns(0, 50))
    index.flush(4)
    index.close()
    (file,) = [one for one in path.iterdir() if one.suffix == kind]
    if damage == "remove":
        file.unlink()
    else:
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 0x40
        file.write_bytes(data if damage == "flip" else data[:-7])
    again = EmbeddedIndex(path, None)
    assert (again.seq, again.count(), again.search(ASKED[1])) == (0, 0, [])
    assert (damage, kind) == ("remove", ".header") or (tmp_path / "index.damaged").exists()
    again.add(turns(0, 50))
    again.flush(5)
    again.close()
    assert EmbeddedIndex(path, None).seq == 5


def test_damaged_float_vectors_never_show_in_an_answer(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "index"
    index = EmbeddedIndex(path, None)
    index.add(turns(0, 50))
    index.flush(4)
    before = answers(index)
    index.close()
    (file,) = [one for one in path.iterdir() if one.suffix == ".floats"]
    file.write_bytes(b"\xff\x7f" * (file.stat().st_size // 2))
    damaged = EmbeddedIndex(path, None)
    for hits, sound in zip(answers(damaged), before, strict=True):
        assert [hit.score for hit in hits] == pytest.approx([hit.score for hit in sound], abs=0.03)  # type: ignore[attr-defined]
    damaged.flush(5)
    damaged.close()
    assert "damaged vectors" in caplog.text
    caplog.clear()
    assert EmbeddedIndex(path, None).seq == 0


def test_an_index_of_another_version_or_width_goes_and_begins_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "index"
    index = EmbeddedIndex(path, 16)
    index.add(turns(0, 50))
    index.flush(4)
    index.close()
    assert EmbeddedIndex(path, 16).seq == 4
    other = EmbeddedIndex(path, 32)
    assert (other.seq, other.count()) == (0, 0)
    other.add(turns(0, 9))
    other.flush(5)
    other.close()
    monkeypatch.setattr(folder_module, "VERSION", folder_module.VERSION + 1)
    newer = EmbeddedIndex(path, 32)
    assert (newer.seq, newer.count()) == (0, 0)
    assert [one.name for one in tmp_path.iterdir()] == ["index"]
    assert {one.name for one in path.iterdir()} <= {"lock"}
    assert not [said for said in caplog.records if said.levelno >= logging.WARNING]
    newer.add(turns(0, 9))
    newer.flush(6)
    newer.close()
    assert EmbeddedIndex(path, 32).seq == 6


def test_files_of_an_older_version_that_somebody_still_reads_are_left_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "index"
    index = EmbeddedIndex(path, None)
    index.add(turns(0, 50))
    index.flush(4)
    index.close()
    held = {one: one.read_bytes() for one in path.iterdir() if one.suffix and one.name != folder_module.HEADER}
    monkeypatch.setattr(folder_module, "VERSION", folder_module.VERSION + 1)
    with monkeypatch.context() as windows:
        windows.setattr(Path, "unlink", _in_use)
        newer = EmbeddedIndex(path, None)
        newer.add(turns(50, 90))
        newer.flush(5)
    assert {one: one.read_bytes() for one in held} == held
    newer.add(turns(90, 99))
    newer.flush(6)
    newer.close()
    assert not [one for one in held if one.exists()]
    assert EmbeddedIndex(path, None).seq == 6


def test_words_take_no_memory_of_the_process_until_they_are_searched(tmp_path: Path) -> None:
    path = tmp_path / "index"
    index = EmbeddedIndex(path, None)
    index.add(turns(0, 90))
    index.flush(1)
    index.close()
    again = EmbeddedIndex(path, None)
    again.search(Query("", VECTORS[3]))
    assert _resident(path, ".postings") == 0
    whole = EmbeddedIndex(None, None)
    whole.add(turns(0, 90))
    assert answers(again) == answers(whole)
    again.close()


def test_many_flushes_leave_few_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MOST_FRESH", 60)
    path = tmp_path / "index"
    index = EmbeddedIndex(path, None)
    for n in range(40):
        index.add(turns(n * 5, n * 5 + 5))
        index.flush(n + 1)
    before = answers(index)
    assert len(list(path.iterdir())) < 16
    index.flush(99)
    index.close()
    again = EmbeddedIndex(path, None)
    assert answers(again) == before
    again.close()


def test_a_full_disk_leaves_everything_in_memory_until_the_flush_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(state, "MOST_FRESH", 60)
    monkeypatch.setattr("core.memory.dense.SPILL", 20)
    index = EmbeddedIndex(tmp_path / "index", None)
    index.add(turns(0, 5))
    index.flush(1)
    with monkeypatch.context() as full:
        full.setattr(folder_module.GrowingFile, "append", _no_room)
        index.add(turns(0, 90))
        before = answers(index)
        with pytest.raises(FileError):
            index.flush(2)
    assert "wait in memory" in caplog.text
    caplog.clear()
    index.flush(2)
    assert answers(index) == before
    index.close()
    assert answers(EmbeddedIndex(tmp_path / "index", None)) == before


def _resident(folder: Path, kind: str) -> int:
    """KiB of the mapped files of a kind that count as this process's own; nothing where the system does not tell."""
    maps = Path("/proc/self/smaps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    mapped, total = False, 0
    for line in lines:
        if not line.partition(" ")[0].endswith(":"):
            mapped = str(folder) in line and line.endswith(kind)
        elif mapped and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


_unlink = Path.unlink


def _in_use(path: Path, missing_ok: bool = False) -> None:
    if path.name != folder_module.HEADER:
        raise PermissionError(13, "The process cannot access the file", str(path))
    _unlink(path, missing_ok)


def _no_room(*_: object) -> None:
    raise FileError("files.disk_full", path="x")
