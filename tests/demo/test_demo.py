"""`cogzy demo` as a process: it tells the truth, touches nothing of its user, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from tests.forked import Forked, forked_command

COMMAND = ["demo", "--json", "--scale"]
FIRST_SYNC = "first sync, to a folder"


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    """The folders that a demo could write into: all empty."""
    found = {name: tmp_path / name.lower() for name in ("HOME", "TMPDIR", "COGZY_VAULT_DIR")}
    for folder in found.values():
        folder.mkdir()
    return found


def environment(places: Mapping[str, Path]) -> dict[str, str]:
    return {**os.environ, **{name: str(folder) for name, folder in places.items()}, "COGZY_CLOUD_BUCKET": "my-own"}


def left_over(places: Mapping[str, Path]) -> list[str]:
    return [str(path) for folder in places.values() for path in folder.rglob("*")]


def processes_of(folder: Path) -> list[str]:
    """The processes that know of the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            known = [*process.cmdline(), *process.environ().values()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(folder) in text for text in known):
            found.append(f"{process.pid} {process.cmdline()}")
    return found


@pytest.mark.timeout(600)  # some fifty real processes, on whatever machine this is
def test_everything_holds_and_every_number_is_measured(places: dict[str, Path]) -> None:
    """The same with processes that were started: see the demos that are killed."""
    command, pipes = ["cogzy", *COMMAND, "0.3"], {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with Forked(command, env=environment(places), text=True, stdin=subprocess.DEVNULL, **pipes) as demo:
        out, said = demo.communicate(timeout=580)
    assert demo.returncode == 0, said
    told = json.loads(out)
    assert told["held"]
    assert told["verdict"].startswith("Everything held")
    assert {check["held"] for step in told["steps"] for check in step["checks"]} == {True}
    steps = {step["name"]: step for step in told["steps"]}
    assert len(steps) == 21
    first, nothing = steps["first sync, to an S3 bucket"], steps["nothing new"]
    assert first["on_the_wire"] > 1 << 20
    assert first["rows"] > 2_500
    assert [one["outcome"] for one in first["attempts"]] == ["succeeded", "skipped"]
    assert (nothing["on_the_wire"], nothing["rows"]) == (0, 0)
    dead = steps["the line stays dead"]
    assert dead["error"]["code"] == "storage.unreachable"
    assert dead["attempts"][0]["outcome"] == "unavailable"
    for name in ("the vault is lost, and reset", "a new computer, by the recovery key"):
        assert steps[name]["rows"] > 2_500
        assert steps[name]["covered"] > 1 << 20
    gathered, pushed = steps["a hub takes in the bucket"], steps["the same memories once more, by HTTP"]
    assert gathered["rows"] > 2_500
    assert gathered["on_the_wire"] > 1 << 20
    assert pushed["rows"] > 2_500
    away, back = steps["the bucket is away: HTTP to the hub"], steps["the bucket is back, and catches up"]
    assert [one["outcome"] for one in away["attempts"]] == ["unavailable", "succeeded"]
    assert 26 <= away["rows"] < 1_000
    assert [one["outcome"] for one in back["attempts"]] == ["succeeded", "skipped"]
    assert back["rows"] > 0
    assert steps["the hub takes in the bucket again"]["rows"] == 0
    found = [check["what"] for check in steps["a search finds memories of both"]["checks"]]
    assert {"of laptop", "of office"} <= set(found)
    assert max(map(len, said.splitlines())) <= 100
    assert left_over(places) == []
    assert processes_of(places["TMPDIR"]) == []


def test_a_demo_in_which_something_does_not_hold_fails(places: dict[str, Path]) -> None:
    without_a_server = (
        "import shutil, sys; shutil.which = lambda *_, **__: None; sys.argv = ['cogzy', 'demo', '--json'];"
        "from cogzy.__main__ import main; sys.exit(main())"
    )
    command = [sys.executable, "-I", "-c", without_a_server]
    done = subprocess.run(command, env=environment(places), capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert not told["held"]
    assert told["verdict"].startswith("NOT EVERYTHING HELD")
    assert told["steps"][0]["error"]["code"] == "demo.no_server"
    assert left_over(places) == []


LIES = """
import json, sys
from core.cli.demo import computer, hub, writer
from core.cli.demo.hub import Hub
from core.cli.demo.story import Story
asked = Hub.akosha
def lying(self, *arguments):
    answer = asked(self, *arguments)
    if arguments[0] == "status":
        for system in answer.data["systems"]:
            system["memories"] += system["system_id"] == "office"
    if arguments[0] == "search":
        for hit in answer.data["results"]:
            hit["systems"] = ["nobody"]
    return answer
Hub.akosha = lying
Story.tell = lambda self: (self.make(), self.writer.rest(), self.gather_at_a_hub())
mine = json.loads(sys.argv[1])
for module in (computer, hub, writer):
    module.own_command = lambda *arguments: [*mine, *arguments]
sys.argv[1:] = ["demo", "--scale", "0.02", "--json"]
from cogzy.__main__ import main
sys.exit(main())
"""


@pytest.mark.timeout(600)
def test_a_demo_whose_hub_lies_fails(places: dict[str, Path]) -> None:
    """It says one memory too many, and of every memory that it is somebody else's."""
    command = [sys.executable, "-I", "-c", LIES, json.dumps(forked_command("cogzy"))]
    done = subprocess.run(command, env=environment(places), capture_output=True, text=True, timeout=580, check=False)
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    failed = {(step["name"], check["what"]) for step in told["steps"] for check in step["checks"] if not check["held"]}
    counted = "the hub holds every row of both, and none twice"
    assert failed == {
        ("a hub takes in the bucket", counted),
        ("a search finds memories of both", "of laptop"),
        ("a search finds memories of both", "of office"),
        ("the same memories once more, by HTTP", counted),
        ("the bucket is away: HTTP to the hub", counted),
        ("a search finds what is new", "of laptop"),
        ("the hub takes in the bucket again", counted),
    }


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGKILL"])
def test_a_demo_that_is_killed_leaves_no_process_behind(places: dict[str, Path], name: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-I", "-m", "cogzy", *COMMAND, "0.02"],
        env=environment(places),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    said = ""
    while FIRST_SYNC not in said:
        letter = process.stderr.read(1)
        assert letter, said
        said += letter
    give_up = time.monotonic() + 60
    while len(processes_of(places["TMPDIR"])) < 4:  # the demo, the server, the writer, and a sync
        assert time.monotonic() < give_up
    if name == "SIGINT":
        os.killpg(process.pid, signal.SIGINT)  # Ctrl-C in a terminal reaches all of them
    else:
        process.send_signal(getattr(signal, name))
    out, _ = process.communicate(timeout=60)
    give_up = time.monotonic() + 60
    while processes_of(places["TMPDIR"]) and time.monotonic() < give_up:
        time.sleep(0.05)
    assert processes_of(places["TMPDIR"]) == []
    assert out == ""
    if name != "SIGKILL":
        assert process.returncode == 130
        assert left_over(places) == []
