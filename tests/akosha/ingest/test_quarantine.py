"""Uploads that are malformed, forged or too large: put aside with the reason, never in the way of others."""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
import pytest_asyncio
import zstandard

from core.akosha.ingest import outcome
from core.akosha.web.request_log import JsonLines
from core.errors import DamageError
from core.sync.layout import pack_key
from core.sync.manifest import Manifest
from tests.akosha.ingest.hub import Hub, folder_source
from tests.akosha.ingest.laptop import DATABASE, Laptop, fill, nodes, npy

pytestmark = pytest.mark.asyncio
ROWS = {f"c{i}": f"text {i}" for i in range(30)}
PICKLED = b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
Spoil = Callable[[Laptop, Manifest], None]


@pytest_asyncio.fixture
async def laptop(cloud: Path) -> Laptop:
    return Laptop(cloud)


def _cut_pack(laptop: Laptop, upload: Manifest) -> None:
    path = laptop.object(pack_key(laptop.vault_id, upload.packs[-1]))
    path.write_bytes(path.read_bytes()[:-10])


def _flip_pack(laptop: Laptop, upload: Manifest) -> None:
    path = laptop.object(pack_key(laptop.vault_id, upload.packs[-1]))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _lose_pack(laptop: Laptop, upload: Manifest) -> None:
    laptop.object(pack_key(laptop.vault_id, upload.packs[-1])).unlink()


def _lose_table(laptop: Laptop, upload: Manifest) -> None:
    laptop.object(upload.table.key).unlink()


def _grow_table(laptop: Laptop, upload: Manifest) -> None:
    path = laptop.object(upload.table.key)
    path.write_bytes(path.read_bytes() + b"x")


def _no_json(laptop: Laptop, upload: Manifest) -> None:
    laptop.manifest_of(upload).write_bytes(b'{"version": ')


def _deep_json(laptop: Laptop, upload: Manifest) -> None:
    laptop.manifest_of(upload).write_bytes(b"[" * 100_000)


def _forge_system(laptop: Laptop, upload: Manifest) -> None:
    laptop.rewrite(upload, system_id="somebody-else")


def _future_format(laptop: Laptop, upload: Manifest) -> None:
    laptop.rewrite(upload, version="2.0")


def _huge_manifest(laptop: Laptop, upload: Manifest) -> None:
    with laptop.manifest_of(upload).open("ab") as file:
        file.truncate(9 << 20)


def _path_trick(laptop: Laptop, upload: Manifest) -> None:
    laptop.rewrite(upload, files=["../../etc/passwd"])


BAD: list[tuple[Spoil, str]] = [
    (_cut_pack, "akosha.ingest_damaged"),
    (_flip_pack, "akosha.ingest_damaged"),
    (_lose_pack, "akosha.ingest_damaged"),
    (_lose_table, "uploads.table_missing"),
    (_grow_table, "uploads.table_grown"),
    (_no_json, "manifest.malformed"),
    (_deep_json, "manifest.malformed"),
    (_forge_system, "manifest.misplaced"),
    (_future_format, "manifest.future"),
    (_huge_manifest, "manifest.malformed"),
    (_path_trick, "manifest.malformed"),
]


@pytest.mark.parametrize(("spoil", "code"), BAD, ids=[spoil.__name__.strip("_") for spoil, _ in BAD])
async def test_a_bad_upload_is_put_aside_once_and_later_ones_come_in(
    laptop: Laptop, hub: Hub, spoil: Spoil, code: str
) -> None:
    first = await laptop.image_of(ROWS)
    spoil(laptop, first)
    report = await hub.ingest()
    assert (report.quarantined, report.ingested, report.failed) == (1, 0, False)
    assert [problem["code"] for problem in report.problems] == [code]
    assert await hub.codes() == [code]
    assert await hub.rows() == {}
    hub.requests()
    again = await hub.ingest()
    assert (again.quarantined, again.unchanged, again.problems) == (0, 1, [])
    assert hub.requests() <= 4, "nothing of it is read again"
    laptop.known.clear()
    await laptop.image_of({"c1": "later"})
    assert (await hub.ingest()).ingested == 1
    assert await hub.texts("conversation") == {"c1": "later"}
    unknown = code.startswith("manifest.")  # whose it was could not be read
    assert len(await hub.records("quarantined")) == unknown, "a later upload of the vault mends it"


async def test_the_last_upload_that_is_whole_is_taken_when_the_newest_is_not(laptop: Laptop, hub: Hub) -> None:
    await laptop.image_of(ROWS)
    await laptop.delta_of({"c1": "one"})
    hurt = await laptop.delta_of({"c1": "two"})
    await laptop.delta_of({"c1": "three"}, ["c2"])
    _flip_pack(laptop, hurt)
    report = await hub.ingest()
    assert (report.quarantined, report.ingested, report.skipped) == (2, 1, 1)
    assert await hub.texts("conversation") == ROWS | {"c1": "one"}
    await hub.again()
    laptop.known.clear()
    await laptop.image_of({"c1": "four"})
    assert len(await hub.records("quarantined")) == 2
    await hub.ingest()
    assert await hub.records("quarantined") == [], "known of another process, too"


async def test_what_was_put_aside_is_no_longer_named_when_it_is_gone_from_the_bucket(laptop: Laptop, hub: Hub) -> None:
    await laptop.image_of(ROWS)
    bad = await laptop.delta_of({"c1": "two"})
    _no_json(laptop, bad)
    await hub.ingest()
    assert [one.upload_id for one in await hub.records("quarantined")] == [bad.upload_id]
    shutil.rmtree(laptop.manifest_of(bad).parent)
    await hub.ingest()
    assert await hub.records("quarantined") == []
    assert await hub.texts("conversation") == ROWS


async def test_many_uploads_on_a_damaged_image_cost_one_read_of_it(laptop: Laptop, hub: Hub) -> None:
    first = await laptop.image_of(ROWS)
    for number in range(30):
        await laptop.delta_of({"c1": f"round {number}"})
    _flip_pack(laptop, first)
    report = await hub.ingest()
    assert report.quarantined == 31
    assert hub.requests() < 31 * 2 + 20  # a manifest and a table each
    assert await hub.rows() == {}


async def test_what_was_put_aside_is_tried_again_by_another_version_or_on_demand(
    laptop: Laptop, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await laptop.image_of(ROWS)
    path = laptop.object(pack_key(laptop.vault_id, first.packs[-1]))
    whole = path.read_bytes()
    _flip_pack(laptop, first)
    await hub.ingest()
    assert (await hub.ingest(retry=True)).quarantined == 1
    path.write_bytes(whole)
    assert (await hub.ingest()).ingested == 0
    for module in ("outcome", "taking", "markers"):
        monkeypatch.setattr(f"core.akosha.ingest.{module}.VERSION", "99.0")
    assert outcome.VERSION == "99.0"
    assert (await hub.ingest()).ingested == 1
    assert await hub.texts("conversation") == ROWS


async def test_a_clock_that_is_ahead_does_not_keep_out_what_comes_later(laptop: Laptop, hub: Hub) -> None:
    laptop.now = datetime.now(UTC) + timedelta(days=300)
    await laptop.image_of(ROWS)
    await hub.ingest()
    assert max(one.as_of for one in (await hub.rows()).values()) < datetime.now(UTC).timestamp() + 60
    laptop.now = datetime.now(UTC)
    await laptop.delta_of({"c1": "with the right clock"})
    assert (await hub.ingest()).ingested == 1
    assert (await hub.texts("conversation"))["c1"] == "with the right clock"


async def test_names_that_lead_elsewhere_are_not_looked_at(cloud: Path, laptop: Laptop, hub: Hub) -> None:
    manifest = laptop.manifest_of(await laptop.image_of(ROWS)).read_bytes()
    for name in ("..x/uploads/u", "a b/uploads/u", "laptop-a1b2/uploads/..u", "x/y/z/u"):
        folder = cloud / "systems" / name
        folder.mkdir(parents=True)
        (folder / "manifest.json").write_bytes(manifest)
    report = await hub.ingest()
    assert (report.ingested, report.quarantined) == (1, 0)
    assert [one.system_id for one in await hub.records()] == ["laptop-a1b2"]


async def test_an_upload_larger_than_the_scratch_disk_is_put_aside_unread(laptop: Laptop, tmp_path: Path) -> None:
    hub = await Hub(tmp_path, folder_source(laptop.folder), options={"most_scratch": 300_000}).open()
    try:
        await laptop.image_of(ROWS)
        report = await hub.ingest()
        assert await hub.codes() == ["akosha.ingest_too_large"]
        assert report.quarantined == 1
    finally:
        await hub.close()


async def test_a_database_that_swells_is_stopped_at_the_limit(laptop: Laptop, tmp_path: Path) -> None:
    hub = await Hub(tmp_path, folder_source(laptop.folder), options={"most_scratch": 70 << 20}).open()
    try:
        place = tmp_path / "bomb.duckdb"
        with duckdb.connect(str(place)) as database:
            database.execute("CREATE TABLE conversations_v2 (id VARCHAR PRIMARY KEY, content VARCHAR)")
            database.execute("INSERT INTO conversations_v2 SELECT i, repeat('x', 100000) FROM range(900) r(i)")
        assert place.stat().st_size < 8 << 20
        await laptop.commit({}, [await laptop.image(DATABASE, [place])])
        await hub.ingest()
        assert await hub.codes() == ["database.too_many_rows"]
    finally:
        await hub.close()


@pytest.mark.parametrize("content", [b"no database at all" * 1000, b""])
async def test_a_database_that_is_none_is_put_aside(laptop: Laptop, hub: Hub, tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "reflection.duckdb"
    place.write_bytes(content)
    await laptop.commit({}, [await laptop.image(DATABASE, [place])])
    assert (await hub.ingest()).quarantined == 1
    assert await hub.codes() == ["database.unreadable"]


async def test_a_table_that_unpacks_to_no_end_is_put_aside(laptop: Laptop, hub: Hub) -> None:
    upload = await laptop.image_of(ROWS)
    bomb = zstandard.ZstdCompressor().compress(bytes(200 << 20))
    sha256 = hashlib.sha256(bomb).hexdigest()
    laptop.object(upload.table.key).write_bytes(bomb)
    own = json.loads(laptop.manifest_of(upload).read_bytes())["metadata"]
    own["cogzy"]["table"] |= {"sha256": sha256, "size": len(bomb)}
    laptop.rewrite(upload, checksum=sha256, metadata=own)
    await hub.ingest()
    assert await hub.codes() == ["table.too_large"]


@pytest.mark.parametrize(
    ("corpus", "vectors", "code"),
    [
        (b"[1, 2]", None, "akosha.ingest_bad_file"),
        (b'{"id": "x"}', None, "akosha.ingest_bad_file"),
        (b'[{"id": "a", "human_content": "x"}', None, "akosha.ingest_bad_file"),
        (b"[" * 50_000, None, "akosha.ingest_bad_file"),
        (nodes("ab"), npy([[1.0, 2.0]]), "akosha.ingest_misaligned"),
        (nodes("a"), npy([[1.0, 2.0]] * 2), "akosha.ingest_misaligned"),
        (
            nodes("a"),
            b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n",
            "akosha.ingest_bad_file",
        ),
        (nodes("a"), npy([[1.0, 2.0]])[:100], "akosha.ingest_bad_file"),
    ],
)
async def test_a_corpus_that_is_malformed_is_put_aside(
    laptop: Laptop, hub: Hub, corpus: bytes, vectors: bytes | None, code: str
) -> None:
    files = {"vault/corpus/nodes.json": corpus}
    if vectors is not None:
        files["vault/vectors/nodes.npy"] = vectors
    await laptop.commit(files)
    await hub.ingest()
    assert await hub.codes() == [code]
    assert await hub.rows() == {}


async def test_bad_rows_are_named_and_the_others_stored(laptop: Laptop, hub: Hub) -> None:
    await laptop.image_of({"a": "good", "b": "", "c": "x" * (1 << 20) + "x", "d": "good too"})
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.bad_rows) == (1, 2, 2)
    assert set(await hub.texts("conversation")) == {"a", "d"}


async def test_a_reader_that_fails_unforeseen_is_told_and_not_looped_on(
    laptop: Laptop, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyError("of ours")

    monkeypatch.setattr("core.akosha.ingest.system.plan", fail)
    await laptop.image_of(ROWS)
    await hub.ingest()
    assert await hub.codes() == ["akosha.ingest_failed"]


async def test_damage_to_the_hubs_own_data_is_not_the_uploads_fault(
    laptop: Laptop, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise DamageError("akosha.data_damaged", path="00.duckdb", reason="checksum")

    await laptop.image_of(ROWS)
    with monkeypatch.context() as patch:
        patch.setattr("core.akosha.store.upload.UploadTransaction.put", fail)
        report = await hub.ingest()
    assert (report.quarantined, [problem["code"] for problem in report.problems]) == (0, ["akosha.data_damaged"])
    assert (await hub.ingest()).ingested == 1


async def test_what_fails_after_the_commit_does_not_put_the_upload_aside(
    laptop: Laptop, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: str) -> None:
        raise OSError("an index")

    await laptop.image_of(ROWS)
    with monkeypatch.context() as patch:
        patch.setattr("core.akosha.ingest.taking.crash_point", lambda step: fail(step) if "committed" in step else None)
        report = await hub.ingest()
    assert (report.quarantined, [problem["code"] for problem in report.problems]) == (0, ["akosha.ingest_failed"])
    assert [one.state for one in await hub.records()] == ["ingested"]
    assert (await hub.ingest()).unchanged == 1


async def test_a_database_that_its_own_computer_could_not_open_is_told_and_the_rest_comes_in(
    laptop: Laptop, hub: Hub, tmp_path: Path
) -> None:
    place = tmp_path / "reflection.duckdb"
    place.write_bytes(b"of a later DuckDB" * 100)
    entry = replace(await laptop.image(DATABASE, [place]), verified=False)
    await laptop.commit({"vault/corpus/nodes.json": nodes("ab")}, [entry])
    report = await hub.ingest()
    assert (report.ingested, report.rows, report.quarantined) == (1, 2, 0)
    assert [problem["code"] for problem in report.problems] == ["akosha.ingest_unread"]


async def test_a_database_with_the_longest_name_comes_in(laptop: Laptop, hub: Hub, tmp_path: Path) -> None:
    place = fill(tmp_path / ("n" * 240 + ".duckdb"), ROWS)
    await laptop.commit({}, [await laptop.image(f"sources/other/{place.name}", [place])])
    assert (await hub.ingest()).rows == len(ROWS)


async def test_deltas_that_name_rows_by_another_key_are_read_from_the_rebuilt_database(
    laptop: Laptop, hub: Hub, tmp_path: Path
) -> None:
    """The rebuild checks digests, so this upload comes from the real engine's parts."""
    from tests.sync.world import Computer

    computer = Computer(tmp_path / "other", laptop.folder, name="other")
    try:
        with duckdb.connect(str(computer.reflections)) as database:
            database.execute(
                "CREATE TABLE conversations_v2 (namespace VARCHAR, place INTEGER, id VARCHAR, content VARCHAR, "
                "PRIMARY KEY (namespace, place))"
            )
            database.execute("INSERT INTO conversations_v2 SELECT 'n', i, 'c' || i, 'text ' || i FROM range(2000) r(i)")
        await computer.sync()
        await hub.ingest()
        computer.sql(
            "DELETE FROM conversations_v2 WHERE place < 3",
            "INSERT INTO conversations_v2 VALUES ('n', 9999, 'new', 'x')",
        )
        await computer.sync()
        report = await hub.ingest()
        assert (report.ingested, report.rows, report.deleted) == (1, 1, 3)
        assert len(await hub.rows("conversation")) == 1998
    finally:
        await computer.close()


async def test_the_hubs_log_names_what_was_put_aside_and_why(
    laptop: Laptop, hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    upload = await laptop.image_of(ROWS)
    _no_json(laptop, upload)
    with caplog.at_level(logging.WARNING):
        assert (await hub.ingest()).quarantined == 1
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert [line["event"] for line in lines if line["logger"].startswith("core.akosha.ingest")] == [
        f"upload {upload.system_id}/{upload.upload_id} was put aside (manifest.malformed)"
    ]
