"""The program that has a database open is named, quickly, so that a person knows what to close."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.sources import Holder, holder
from tests.writers import writing


def test_the_owner_of_a_locked_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reflection.duckdb"
    with writing("duckdb", path, "none") as writer:
        assert holder(path) == Holder(writer.process.pid, "writers.py")
        times = []
        for _ in range(5):
            started = time.process_time()
            holder(path)
            times.append(time.process_time() - started)
        assert min(times) < 0.02
    assert holder(path) is None


def test_a_program_that_merely_has_the_file_open_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.touch()
    command = ["tail", "-f", str(path)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as reader:
        give_up = time.monotonic() + 60
        while (found := holder(path)) is None and time.monotonic() < give_up:
            time.sleep(0.01)
        reader.kill()
    assert found == Holder(reader.pid, "tail")


@pytest.mark.parametrize("content", [None, b""])
def test_nobody_is_named_for_a_file_that_is_free_or_missing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "a.duckdb"
    if content is not None:
        path.write_bytes(content)
    assert holder(path) is None


def test_our_own_process_is_not_the_other_program(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with path.open("wb"):
        assert holder(path) is None


def test_elsewhere_than_on_linux_nobody_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.db"
    path.touch()
    with subprocess.Popen(["tail", "-f", str(path)], stdout=subprocess.DEVNULL) as reader:
        monkeypatch.setattr(sys, "platform", "darwin")
        assert holder(path) is None
        reader.kill()
