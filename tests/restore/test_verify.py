"""Verifying the cloud copy: whatever is damaged is named, with the uploads it hurts; nothing else is."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from core.sync.layout import manifest_key, table_key
from core.sync.verify import VerifyReport, verify

from .test_fetch import packs
from .uploader import MASTER_KEY, SYSTEM_ID, VAULT_ID, Uploader

RANDOM = random.Random(3)


async def three_uploads(up: Uploader) -> list[str]:
    made = []
    for number in range(3):
        data = {f"vault/{number}.npy": RANDOM.randbytes(200_000), "vault/same.npy": bytes(100_000)}
        made.append((await up.commit(data)).upload_id)
    return made


def codes(report: VerifyReport) -> list[str]:
    return sorted(hurt.error["code"] for hurt in report.damage)


@pytest.mark.asyncio
@pytest.mark.parametrize("master_key", [None, MASTER_KEY])
async def test_a_whole_copy_is_whole(tmp_path: Path, master_key: bytes | None) -> None:
    up = Uploader(tmp_path / "cloud", master_key)
    made = await three_uploads(up)
    report = await verify(up.remote, 100)
    assert report.ok
    assert (report.uploads, report.uploads_whole, report.newest_whole) == (3, 3, made[-1])
    assert (report.tables, report.packs, report.packs_read) == (3, 3, 3)
    assert report.pieces == report.pieces_read
    assert report.bytes_read == report.bytes_stored == sum(p.stat().st_size for p in packs(up))
    json.dumps(report.as_json())


@pytest.mark.asyncio
async def test_a_small_sample_reads_at_least_one_pack(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud")
    await three_uploads(up)
    assert (await verify(up.remote, 0)).packs_read == 1


@pytest.mark.asyncio
async def test_an_empty_store_is_nothing_to_verify(tmp_path: Path) -> None:
    report = await verify(Uploader(tmp_path / "cloud").remote)
    assert (report.ok, report.uploads, report.packs) == (True, 0, 0)


@pytest.mark.asyncio
async def test_missing_and_short_packs_are_found_without_reading(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud")
    made = await three_uploads(up)
    assert up.head is not None
    newest = next(p for p in packs(up) if p.stem == up.head.packs[0])
    other = next(p for p in packs(up) if p != newest)
    newest.unlink()
    other.write_bytes(other.read_bytes()[:-1])
    report = await verify(up.remote, 0)
    assert codes(report) == ["packs.truncated", "restore.pack_missing"]
    missing = next(hurt for hurt in report.damage if hurt.error["code"] == "restore.pack_missing")
    assert missing.uploads == (made[2],)
    assert newest.stem in missing.what
    assert not report.ok


@pytest.mark.asyncio
async def test_a_flipped_bit_is_found_by_reading_back(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud", MASTER_KEY)
    made = await three_uploads(up)
    assert up.head is not None
    newest = next(p for p in packs(up) if p.stem == up.head.packs[0])
    data = bytearray(newest.read_bytes())
    data[1000] ^= 1
    newest.write_bytes(data)
    report = await verify(up.remote, 100)
    assert codes(report) == ["packs.wrong_hash"]
    assert (report.uploads_whole, report.newest_whole) == (2, made[1])


@pytest.mark.asyncio
async def test_damaged_tables_and_manifests_hurt_their_uploads_alone(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud")
    made = await three_uploads(up)
    up.object(table_key(VAULT_ID, made[1])).unlink()
    up.object(manifest_key(SYSTEM_ID, made[2])).write_text("{")
    report = await verify(up.remote, 100)
    assert codes(report) == ["manifest.malformed", "uploads.table_missing"]
    assert report.newest_whole == made[0]


@pytest.mark.asyncio
async def test_other_vaults_are_none_of_our_business(tmp_path: Path) -> None:
    up, other = Uploader(tmp_path / "cloud"), Uploader(tmp_path / "cloud", vault_id="b7" * 16, system_id="desk")
    await three_uploads(up)
    manifest = await other.commit({"vault/a": b"1"})
    other.object(manifest.table.key).unlink()
    report = await verify(up.remote, 100)
    assert (report.ok, report.uploads) == (True, 3)


@pytest.mark.asyncio
async def test_what_a_run_left_behind_is_counted_as_unused(tmp_path: Path) -> None:
    up = Uploader(tmp_path / "cloud")
    await three_uploads(up)
    await up.file("vault/never-committed", RANDOM.randbytes(10_000))
    await up.flush()
    report = await verify(up.remote, 100)
    assert (report.ok, report.packs_unused) == (True, 1)
