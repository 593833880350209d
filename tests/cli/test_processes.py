"""`cogzy` as a process: exit codes, one JSON object, two of them on one vault, and a clean way out."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from core.control import place
from core.vault.locks import owner, owner_lock
from tests.forked import Forked

HERE = Path(__file__).parents[2]
FAKE = ("python", "-m", "tests.control.fake_cogzy")


def start(vault: Path, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    return Forked(
        [*FAKE, "--vault", str(vault), *arguments],
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environ},
    )


def run(vault: Path, *arguments: str, **environ: str) -> tuple[int, str, str]:
    process = start(vault, *arguments, **environ)
    out, err = process.communicate(timeout=60)
    assert "Traceback" not in out + err
    return process.returncode, out, err


def wait_for_owner(vault: Path) -> dict[str, Any]:
    for _ in range(3000):
        address = place.read_address(vault)
        if address is not None:
            return address
        time.sleep(0.02)
    raise AssertionError("no owner came")


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5])
def test_the_exit_code_is_the_errors(vault_dir: Path, code: int) -> None:
    returned, out, _ = run(vault_dir, "sync", "--json", FAKE_EXIT=str(code))
    assert returned == code
    result = json.loads(out)
    assert result["success"] == (code == 0)
    assert "attempts" in result
    assert ("error" in result) == (code != 0)


def test_a_person_gets_sentences(vault_dir: Path) -> None:
    code, out, err = run(vault_dir, "sync", FAKE_EXIT="1")
    assert code == 1
    assert "The sync failed\n  as told\n  It will be tried again" in err
    code, out, _ = run(vault_dir, "sync")
    assert "Up to date" in out


def test_a_bug_is_told_without_a_stack_trace_and_stands_in_the_log(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "test-connection", "--json")
    assert code == 1
    assert json.loads(out)["error"]["code"] == "client.internal"
    assert "ZeroDivisionError: a bug" in (vault_dir / "logs" / "cogzy.log").read_text()


def test_status_owns_nothing_and_names_who_does(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "status", "--json")
    status = json.loads(out)
    assert code == 0
    assert status["owner"] == {"kind": "none", "pid": None}
    assert {"state", "methods", "vault"} <= status.keys()
    working = start(vault_dir, "sync", FAKE_SECONDS="60")
    wait_for_owner(vault_dir)
    status = json.loads(run(vault_dir, "status", "--json")[1])
    assert status["owner"] == {"kind": "cli", "pid": working.pid}
    assert status["state"] == "syncing"
    working.terminate()
    working.communicate(timeout=60)


def test_status_of_a_hung_owner_still_answers(vault_dir: Path) -> None:
    vault_dir.mkdir()
    with owner_lock(vault_dir, "app"):
        code, out, _ = run(vault_dir, "status", "--json")
    assert code == 0
    assert json.loads(out)["owner"] == {"kind": "app", "pid": os.getpid()}


def test_a_second_cogzy_speaks_to_the_first(vault_dir: Path) -> None:
    first = start(vault_dir, "sync", FAKE_SECONDS="2")
    wait_for_owner(vault_dir)
    code, out, _ = run(vault_dir, "sync", "--json")
    assert code == 0
    assert json.loads(out)["success"]
    assert first.wait(30) == 0
    first.communicate()
    assert {line.split()[0] for line in (vault_dir / "ran").read_text().splitlines()} == {str(first.pid)}


def test_the_first_waits_for_the_second_before_it_goes(vault_dir: Path) -> None:
    first = start(vault_dir, "sync", FAKE_SECONDS="0.8")
    wait_for_owner(vault_dir)
    time.sleep(0.4)
    code, out, _ = run(vault_dir, "sync", "--json")
    assert (code, json.loads(out)["success"]) == (0, True)
    assert first.wait(30) == 0
    first.communicate()


def test_an_owner_that_does_not_answer_is_busy(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault_dir.mkdir()
    with owner_lock(vault_dir, "app"):
        code, out, _ = run(vault_dir, "sync", "--json")
    error = json.loads(out)["error"]
    assert (code, error["code"]) == (5, "control.owner_silent")
    assert str(os.getpid()) in error["cause"]


def test_after_a_killed_owner_the_next_one_works(vault_dir: Path) -> None:
    first = start(vault_dir, "verify")
    wait_for_owner(vault_dir)
    first.kill()
    first.communicate()
    assert run(vault_dir, "sync")[0] == 0
    assert owner(vault_dir) is None
    assert place.read_address(vault_dir) is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")
def test_a_signal_cancels_cleanly_and_soon(vault_dir: Path, number: signal.Signals) -> None:
    process = start(vault_dir, "verify", "--json")
    wait_for_owner(vault_dir)
    time.sleep(0.1)
    before = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert time.monotonic() - before < 20, "its work takes thirty"
    assert process.returncode == 130
    assert json.loads(out)["error"]["code"] == "client.cancelled"
    assert "Traceback" not in err
    assert place.read_address(vault_dir) is None
    assert owner(vault_dir) is None


def test_a_signal_at_a_caller_cancels_the_owners_run(vault_dir: Path) -> None:
    first = start(vault_dir, "sync", FAKE_SECONDS="60")
    wait_for_owner(vault_dir)
    second = start(vault_dir, "sync")
    for _ in range(3000):
        if len((vault_dir / "ran").read_text().splitlines()) == 2:
            break
        time.sleep(0.02)
    second.send_signal(signal.SIGINT)
    second.communicate(timeout=60)
    assert second.returncode == 130
    assert first.wait(30) == 1
    first.communicate()


def test_reset_without_a_person_and_without_yes_is_refused(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "reset", "--from-cloud", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (4, "cli.needs_yes")
    code, out, _ = run(vault_dir, "reset", "--from-cloud", "--yes", "--upload", "u7", "--json")
    assert (code, json.loads(out)) == (0, {"upload_id": "u7"})


def test_a_restore_in_place_without_a_person_and_without_yes_is_refused(vault_dir: Path) -> None:
    code, out, _ = run(vault_dir, "restore", "latest", "--in-place", "session-buddy", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (4, "cli.needs_yes")


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals there")
@pytest.mark.parametrize(("typed", "code"), [("RESET", 0), ("reset", 4), ("", 4)])
def test_reset_wants_the_word(vault_dir: Path, typed: str, code: int) -> None:
    import pty

    master, slave = pty.openpty()
    process = Forked(
        [*FAKE, "--vault", str(vault_dir), "reset", "--from-cloud"],
        cwd=HERE,
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    os.write(master, f"{typed}\n".encode())
    out, _ = process.communicate(timeout=60)
    os.close(master)
    os.close(slave)
    assert process.returncode == code
    assert "On this computer: 3 nodes" in out
    assert "In that upload: 2 nodes" in out
    assert "Only on this computer: 1 nodes\n  a memory" in out


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals there")
def test_a_terminal_shows_a_bar(vault_dir: Path) -> None:
    import pty

    master, slave = pty.openpty()
    process = Forked(
        [*FAKE, "--vault", str(vault_dir), "sync"],
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=slave,
        env={**os.environ, "FAKE_SECONDS": "1.5", "TERM": "xterm"},
    )
    os.close(slave)
    shown = b""
    try:
        while block := os.read(master, 4096):
            shown += block
    except OSError:
        pass  # the terminal's other end closed
    out, _ = process.communicate(timeout=60)
    os.close(master)
    assert "Sending" in shown.decode()
    assert b"Up to date" in out


def test_a_reader_that_has_enough_is_no_error_to_look_at(vault_dir: Path) -> None:
    process = start(vault_dir, "uploads")
    assert process.stdout is not None
    assert process.stdout.readline().startswith("u0")
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == ""
    process.wait(30)
    process.stderr.close()
