"""Images that are compressed ahead: the same slices, however far that came, and no more than was wanted."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from core.sync import ahead, image
from core.sync.ahead import AheadImage
from core.sync.sending import PackingStoppedError


@pytest.fixture
def parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A database and its log, of many small slices."""
    monkeypatch.setattr(image.image_stream.__init__, "__kwdefaults__", {**KEYWORDS, "slice_size": 10_000})
    for name, size in (("a.duckdb", 3 << 20), ("a.duckdb.wal", 50_000)):
        (tmp_path / name).write_bytes(random.Random(size).randbytes(size))
    return [tmp_path / "a.duckdb", tmp_path / "a.duckdb.wal"]


KEYWORDS = dict(image.image_stream.__init__.__kwdefaults__)


@pytest.mark.parametrize("most", [0, 500_000, ahead.MOST])
@pytest.mark.asyncio
async def test_the_slices_are_those_of_the_image(
    parts: list[Path], tmp_path: Path, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MOST", most)
    plain = image.image_stream(parts)
    expected = list(plain)
    told: list[int] = []
    made = AheadImage(parts, tmp_path / "spool", told.append)
    async with made.compressing(asyncio.Lock()):
        async with asyncio.timeout(60):
            while sum(made._sizes) < min(most, sum(map(len, expected))):  # noqa: ASYNC110  a thread counts
                await asyncio.sleep(0.001)
    assert list(made) == expected
    assert made.members == plain.members
    assert made.advanced == sum(told) == (3 << 20) + 50_000


@pytest.mark.asyncio
async def test_an_image_that_is_not_its_turn_is_compressed_later(parts: list[Path], tmp_path: Path) -> None:
    slot = asyncio.Lock()
    made = AheadImage(parts, tmp_path / "spool", lambda _: None)
    async with slot, made.compressing(slot):
        await asyncio.sleep(0)
    assert not (tmp_path / "spool").exists()
    assert list(made) == list(image.image_stream(parts))


@pytest.mark.asyncio
async def test_an_image_that_nobody_wants_any_more_stops_its_packing(parts: list[Path], tmp_path: Path) -> None:
    slot = asyncio.Lock()
    made = AheadImage(parts, tmp_path / "spool", lambda _: None)
    with pytest.raises(LookupError):
        async with made.compressing(slot):
            raise LookupError
    assert not slot.locked()
    made.stop()
    with pytest.raises(PackingStoppedError):
        list(made)
