"""Stored objects that are cut, flipped, gone or forged: named, never used, and healed by the next sync."""

from __future__ import annotations

import json
import random
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from core.sync.manifest import parse_manifest
from core.sync.sealing import ClearSealer
from core.sync.table import decode_table
from tests.bad_input.person import Person

Damage = Callable[[Path], object]
# Runs a command and writes the peak memory of its largest process (KiB) into a file.
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[2:])
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(code)
"""


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def forge(path: Path) -> None:
    """Flip a bit of the hash by which a manifest names its table."""
    data = path.read_bytes()
    at = data.rindex(b'"sha256":') + 12
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """Two uploads: two memories, then one more."""
    person = Person(tmp_path)
    person.remember(1, 2)
    person.sync()
    person.remember(3)
    person.sync()
    return person


def objects(person: Person, kind: str) -> list[Path]:
    """The stored objects of a kind, oldest first."""
    patterns = {"pack": "vaults/*/packs/*/*.pack", "table": "vaults/*/tables/*", "manifest": "systems/*/uploads/*/*"}
    return sorted(person.cloud.glob(patterns[kind]), key=lambda path: path.stat().st_mtime_ns)


@pytest.mark.parametrize(
    ("kind", "damage", "restore", "reset"),
    [
        ("pack", flip, "restore.damaged", ("reset.damaged", 4)),
        ("pack", cut, "restore.damaged", ("reset.damaged", 4)),
        ("table", flip, "table.wrong_hash", ("table.wrong_hash", 3)),
        ("table", cut, "table.wrong_hash", ("table.wrong_hash", 3)),
        ("manifest", cut, "manifest.malformed", ("reset.older", 4)),
        ("manifest", forge, "manifest.malformed", ("reset.older", 4)),
    ],
)
def test_damage_is_named_by_all_who_read_and_healed_by_the_next_sync(
    person: Person, kind: str, damage: Damage, restore: str, reset: tuple[str, int]
) -> None:
    newest = person.cogzy("status").answer["methods"]["cloud"]["upload_id"]
    before, hurt = person.truth(), objects(person, kind)[-1]
    damage(hurt)

    to = person.folder / "restored"
    person.told("restore", newest, "--to", str(to), error=restore, code=3)
    assert not to.exists(), "nothing was made of it"
    person.told("reset", "--from-cloud", "--yes", error=reset[0], code=reset[1])
    assert person.truth() == before
    report = person.cogzy("verify", "--sample", "100", code=3)
    assert [found["what"] for found in report.answer["damage"]] == [hurt.relative_to(person.cloud).as_posix()]
    assert report.answer["damage"][0]["uploads"] == [newest]
    assert report.answer["newest_whole"] is not None

    person.must_be_safe()
    whole = person.run("verify", "--sample", "100", "--json").answer["newest_whole"]
    assert whole == person.cogzy("status").answer["methods"]["cloud"]["upload_id"] != newest


@pytest.mark.parametrize("kind", ["pack", "table", "manifest"])
def test_what_somebody_deleted_is_named_and_sent_again(person: Person, kind: str) -> None:
    person.converse(0, 50)
    newest = person.sync().answer["upload_id"]
    objects(person, kind)[-1].unlink()
    report = person.run("verify")
    assert report.code == 3
    assert "Damaged: " in report.out
    assert "The next `cogzy sync` sends the damaged parts again" in report.out
    person.must_be_safe()
    assert person.cogzy("status").answer["methods"]["cloud"]["upload_id"] != newest


def test_an_upload_that_points_outside_its_vault_is_left_alone(person: Person) -> None:
    """Whoever can write to the bucket can also lie: the manifest names another vault's table, or a path upwards."""
    path = objects(person, "manifest")[-1]
    manifest = json.loads(path.read_bytes())
    upload, outside = manifest["upload_id"], person.folder / "outside"
    for key in (f"vaults/{'0' * 32}/tables/{upload}.table", "../../outside", "systems/x/../../outside"):
        manifest["metadata"]["cogzy"]["table"]["key"] = key
        path.write_text(json.dumps(manifest))
        told = person.told("restore", upload, "--to", str(person.folder / "to"), error="manifest.outside_vault", code=3)
        assert "tampered" in told["next_step"]
    listed = {found["upload_id"]: found for found in person.cogzy("uploads").answer["uploads"]}
    assert listed[upload]["error"]["code"] == "manifest.outside_vault"
    assert sum(found["readable"] for found in listed.values()) == 1
    assert not outside.exists()
    person.remember(4)
    person.must_be_safe()


def test_a_piece_that_unpacks_without_end_is_stopped_at_its_size(person: Person) -> None:
    letters = "".join(random.Random(1).choices("0123456789abcdef", k=200_000))
    (person.vault / "traces" / "long.json").write_text(json.dumps({"id": "long", "text": letters}))
    upload = person.sync().answer["upload_id"]
    manifest_path = objects(person, "manifest")[-1]
    manifest = parse_manifest(manifest_path.read_bytes(), key=manifest_path.relative_to(person.cloud).as_posix())
    table = decode_table((person.cloud / manifest.table.key).read_bytes(), manifest.table, ClearSealer())
    place = max(table.pieces.values(), key=lambda one: one.stored)
    assert place.codec == "zstd"
    bomb = zstandard.ZstdCompressor(level=1).compress(bytes((place.stored - 100) * 30_000))
    assert len(bomb) < place.stored - 8
    filling = place.stored - len(bomb) - 8
    bomb += struct.pack("<II", 0x184D2A50, filling) + bytes(filling)  # a frame to be skipped: the length stays
    pack = next(person.cloud.glob(f"vaults/*/packs/*/{place.pack}.pack"))
    body = pack.read_bytes()
    pack.write_bytes(body[: place.offset] + bomb + body[place.offset + place.stored :])

    peak = person.folder / "peak"
    person.before = (sys.executable, "-c", MEASURED, str(peak))
    told = person.told("restore", upload, "--to", str(person.folder / "to"), error="restore.damaged", code=3)
    person.before = ()
    assert told["params"]["path"] == "vault/traces/long.json"
    assert int(peak.read_text()) < 300_000, "the bomb has 600 MB"
    assert not (person.folder / "to").exists()
    person.cogzy("verify", "--sample", "100", code=3)
    person.must_be_safe()


def test_when_every_pack_is_gone_all_are_named_and_all_comes_back(person: Person) -> None:
    """Also what stands behind lists of pieces, which are in the packs themselves."""
    (person.vault / "traces" / "long.json").write_bytes(b'"%s"' % random.Random(2).randbytes(1 << 20).hex().encode())
    person.converse(0, 50)
    person.sync()
    packs = objects(person, "pack")
    for pack in packs:
        pack.unlink()
    report = person.cogzy("verify", code=3).answer
    gone = {found["what"] for found in report["damage"]}
    assert gone == {pack.relative_to(person.cloud).as_posix() for pack in packs}
    assert report["newest_whole"] is None
    person.must_be_safe()
