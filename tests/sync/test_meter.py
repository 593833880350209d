"""What is told of a run: the speed is that of the wire, and an end is named only when it can be trusted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from core.sync.events import Progress
from core.sync.meter import WINDOW_SECONDS, Meter
from tests.sync.world import Clock, Computer


class Run:
    """A run whose time, reading and sending a test decides, second by second."""

    def __init__(self, total: int, unsized: int = 0) -> None:
        self.told: list[Progress] = []
        self.clock = Clock(0.0)
        self.sent = 0
        wire = lambda: self.sent  # noqa: E731  # as an engine gives it
        self.meter = Meter(self.told.append, "packing", 1, total, wire=wire, unsized=unsized, clock=self.clock)

    async def second(self, *, read: int = 0, sent: int = 0, packed: int | None = None) -> Progress:
        self.clock.pass_by(1)
        self.sent += sent
        self.meter.packed(read if packed is None else packed)
        self.meter.add(read, always=True)
        await asyncio.sleep(0)
        return self.told[-1]


@pytest.mark.asyncio
async def test_the_speed_is_that_of_the_wire_over_the_last_seconds() -> None:
    run = Run(1_000_000)
    await run.second(read=800_000)
    assert run.told[-1].bytes_per_second == 0  # read, and nothing sent
    for _ in range(int(WINDOW_SECONDS) + 2):
        seen = await run.second(sent=1_000)
    assert seen.bytes_per_second == pytest.approx(1_000)
    for _ in range(int(WINDOW_SECONDS) + 2):
        seen = await run.second()
    assert seen.bytes_per_second == 0
    assert seen.eta_seconds is None


@pytest.mark.asyncio
async def test_an_end_is_named_once_the_reckonings_agree_and_counts_what_is_still_to_be_packed() -> None:
    run = Run(1_000_000)
    await run.second(read=500_000, packed=250_000)  # it halves
    ends = [(await run.second(sent=10_000)).eta_seconds for _ in range(8)]
    assert ends[0] is None
    assert ends[-1] == pytest.approx((250_000 - run.sent + 250_000) / 10_000, rel=0.01)


@pytest.mark.asyncio
async def test_a_speed_that_leaps_names_no_end() -> None:
    run = Run(0)
    run.meter.packed(10_000_000)
    ends = []
    for second in range(24):
        ends.append((await run.second(sent=200_000 if second % 12 < 6 else 2_000)).eta_seconds)
    assert ends[5] is not None
    assert ends[9] is None
    assert ends[13] is None


@pytest.mark.asyncio
async def test_no_end_is_named_before_everything_is_sized() -> None:
    run = Run(100_000, unsized=1)
    assert [(await run.second(read=1_000, sent=1_000)).eta_seconds for _ in range(6)] == [None] * 6
    run.meter.expect(50_000)
    seen = [(await run.second(read=1_000, sent=1_000)).eta_seconds for _ in range(6)][-1]
    assert seen == pytest.approx(138, abs=2)


@pytest.mark.asyncio
async def test_a_sync_tells_the_speed_of_its_store(tmp_path: Path) -> None:
    """What compresses well is read fast and sent slowly: it is the latter that is told."""
    computer = Computer(tmp_path / "laptop", tmp_path / "cloud")
    computer.environ |= {"COGZY_LIMITS_UPLOAD_KB_PER_SECOND": "40", "COGZY_SOURCES_EXTRA": "[]"}
    computer.say("one/session.jsonl", 6_000)  # a megabyte
    await computer.sync()
    rates = [event.bytes_per_second for event in computer.events if isinstance(event, Progress)]
    assert 0 < max(rates) < 400_000
    await computer.close()


@pytest.mark.asyncio
async def test_what_was_read_is_done_as_far_as_it_was_sent_and_never_less() -> None:
    run = Run(1_000_000)
    assert (await run.second(read=1_000_000, packed=500_000)).bytes_done == 0
    assert (await run.second(sent=250_000)).bytes_done == 500_000
    assert (await run.second(packed=500_000)).bytes_done == 500_000  # a list of pieces came up for sending
    assert (await run.second(sent=750_000)).bytes_done == 1_000_000
