"""kill -9 at every named step of a sync, in real processes: what is committed is whole, and the next sync goes on."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

import core
from core.sync.events import ListUploads
from tests.forked import run_forked
from tests.sync.world import Computer, objects

pytestmark = pytest.mark.asyncio

KILLED = -9
ELSEWHERE = ("vault", "reset", "restore", "undo", "hub", "ingest", "import", "later")
"""Steps that no sync takes; the rooms that take them have a test like this one."""


def crash_points() -> list[str]:
    """Every step that is named in the code as a plain text."""
    names = set()
    for path in sorted(Path(core.__file__).parent.rglob("*.py")):
        for kind, name in re.findall(r'(?<!def )\bcrash_point\((f?)(?:"([^"]+)"\))?', path.read_text("utf-8")):
            if name and not kind:
                names.add(name)
            else:
                assert kind, f"{path}: a step without a name"
                assert path.name in ("swap.py", "reset.py"), f"{path}: whose steps are these?"
    return sorted(names)


STEPS = [name for name in crash_points() if not name.startswith(ELSEWHERE)]
BEFORE_SENDING = ("sync.captured",)


def cogzy(computer: Computer, *arguments: str, crash_at: str = "") -> subprocess.CompletedProcess[str]:
    return run_forked(
        ["cogzy", "--vault", str(computer.vault), *arguments],
        env={**os.environ, **computer.environ, "COGZY_CRASH_AT": crash_at},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def fill(computer: Computer) -> None:
    computer.add_rows(0, 500)
    computer.add_note("first")
    computer.say("one/session.jsonl", 40)
    computer.remember(0, 20)


def change(computer: Computer) -> None:
    computer.add_rows(10, 13, "changed")
    computer.add_note("second")
    computer.say("one/session.jsonl", 2)
    computer.remember(20, 2)


async def prove_whole(computer: Computer, truths: list[dict[str, Any]], *, reuses: bool) -> None:
    """Every upload there is restores equal to what it was made from; the next sync goes on from it."""
    computer.clock.now = time.time()
    status = json.loads(cogzy(computer, "status", "--json").stdout)
    assert status["owner"]["kind"] == "none"
    before = [item["upload_id"] for item in reversed(await computer.run(ListUploads()))]
    for number, upload in enumerate(before):
        assert await computer.restore(upload, f"upload-{number}") == truths[number]
    result = await computer.sync()
    if reuses:
        assert result["pieces_new"] == 0, "what arrived before the crash is used"
    after = [item["upload_id"] for item in reversed(await computer.run(ListUploads()))]
    assert len(after) == len(truths)
    assert after[: len(before)] == before
    assert await computer.restore() == truths[-1]
    assert not list((computer.vault / "sync" / "staging").iterdir())
    written = objects(computer.cloud)
    assert (await computer.sync())["files_uploaded"] == 0
    assert objects(computer.cloud) == written
    computer.say("one/session.jsonl", 1)
    await computer.sync()
    assert len(list((computer.vault / "sync" / "rows").glob("*/*/*"))) == 1


async def test_every_step_is_known() -> None:
    assert {name.partition(".")[0] for name in STEPS} == {"sync"}
    assert len(STEPS) >= 7


@pytest.mark.parametrize("step", STEPS)
async def test_killed_in_the_first_sync(empty: Computer, step: str) -> None:
    fill(empty)
    truth = empty.truth()
    assert cogzy(empty, "sync", crash_at=step).returncode == KILLED
    await prove_whole(empty, [truth], reuses=step not in BEFORE_SENDING)


@pytest.mark.parametrize("step", STEPS)
async def test_killed_in_a_small_change(empty: Computer, step: str) -> None:
    fill(empty)
    empty.clock.now = time.time() - 60
    await empty.sync()
    await empty.close()
    truths = [empty.truth()]
    change(empty)
    truths.append(empty.truth())
    assert cogzy(empty, "sync", crash_at=step).returncode == KILLED
    await prove_whole(empty, truths, reuses=step not in BEFORE_SENDING)


async def test_killed_again_and_again_it_still_arrives(empty: Computer) -> None:
    """Packs of 8 MiB: the second run begins where the first one ended."""
    fill(empty)
    (empty.transcripts / "big.bin").write_bytes(os.urandom(40 << 20))
    for number in (2, 1, 2):
        assert cogzy(empty, "sync", crash_at=f"sync.pack_sent:{number}").returncode == KILLED
    empty.clock.now = time.time()
    await empty.sync()
    assert await empty.restore() == empty.truth()
    stored = sum(map(len, objects(empty.cloud, "/packs/").values()))
    assert stored < (40 + 1 + 3 * 2 * 8) << 20, "but for the packs that were on their way, nothing is stored twice"
