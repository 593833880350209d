"""What only a folder can do wrong: missing disks, full disks, rights, killed writes, names with tricks."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.storage import AccessError, NotFoundError, StorageError, StoreOptions, UnreachableError, folder
from tests.storage.conformance import keys
from tests.storage.stores import folder_location, opened

WRITER = """
import asyncio, os, sys
from core.storage import StoreLocation, open_store
async def main():
    store = open_store(StoreLocation(sys.argv[1]), None)
    body = os.urandom(1 << 20)
    while True:
        await store.put("packs/object", body)
        print("put", flush=True)
asyncio.run(main())
"""


@pytest.mark.asyncio
async def test_a_folder_that_is_gone_is_an_error_and_stays_gone(tmp_path: Path) -> None:
    gone = tmp_path / "usb" / "backup"
    async with opened(folder_location(gone)) as store:
        for call in (store.put("a", b"1"), store.get("a"), store.head("a"), store.delete("a"), keys(store)):
            with pytest.raises(AccessError) as raised:
                await call
            assert raised.value.code == "storage.folder_missing"
            assert not raised.value.retryable
        assert not (tmp_path / "usb").exists()


@pytest.mark.asyncio
async def test_a_folder_that_goes_away_is_noticed_by_every_call(tmp_path: Path) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    async with opened(folder_location(place)) as store:
        await store.put("a/b", b"1")
        place.rename(tmp_path / "unplugged")
        for call in (store.put("a/b", b"2"), store.get("a/b"), store.head("a/b"), store.delete("a/b"), keys(store)):
            with pytest.raises(AccessError) as raised:
                await call
            assert raised.value.code == "storage.folder_missing"
        assert not place.exists()
        (tmp_path / "unplugged").rename(place)
        assert await store.get("a/b") == b"1"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "storage.disk_full"),
        (errno.EDQUOT, "storage.disk_full"),
        (errno.EROFS, "storage.folder_unwritable"),
        (errno.EACCES, "storage.folder_unwritable"),
        (errno.EIO, "storage.unreachable"),
        (errno.ESTALE, "storage.unreachable"),
    ],
)
async def test_what_a_disk_says_becomes_one_code_and_leaves_nothing(
    number: int, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    options = StoreOptions(max_retries=0)
    async with opened(folder_location(tmp_path), options=options) as store:
        await store.put("kept", b"old")
        monkeypatch.setattr(folder.os, "fsync", refuse)
        for key in ("kept", "new"):
            with pytest.raises(StorageError) as raised:
                await store.put(key, b"new")
            assert raised.value.code == code
            assert raised.value.retryable == isinstance(raised.value, UnreachableError)
        monkeypatch.undo()
        assert await keys(store) == ["kept"]
        assert await store.get("kept") == b"old"
    assert list((tmp_path / folder.PARTIAL).iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has /dev/full")
@pytest.mark.asyncio
async def test_a_really_full_disk_is_named(tmp_path: Path) -> None:
    """/dev/full refuses every byte: an object's temporary file is made to be it."""
    real = os.open

    def full(path: str | Path, flags: int, mode: int = 0o777) -> int:
        return real("/dev/full" if str(path).endswith(".part") else path, flags & ~os.O_EXCL, mode)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(folder.os, "open", full)
        async with opened(folder_location(tmp_path)) as store:
            with pytest.raises(AccessError) as raised:
                await store.put("a", b"x" * 100_000)
            assert raised.value.code == "storage.disk_full"


def _write_until_killed(place: Path) -> None:
    command = [sys.executable, "-c", WRITER, place.as_uri()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.003)
        writer.kill()


@pytest.mark.asyncio
async def test_a_killed_write_leaves_old_or_new_and_its_rest_is_swept(tmp_path: Path) -> None:
    for _ in range(3):
        _write_until_killed(tmp_path)
    async with opened(folder_location(tmp_path, prefix="")) as store:
        assert await keys(store) == ["packs/object"]
        assert len(await store.get("packs/object")) == 1 << 20
    old, young = tmp_path / folder.PARTIAL / "0000.part", tmp_path / folder.PARTIAL / "0001.part"
    old.write_bytes(b"killed")
    young.write_bytes(b"at work")
    os.utime(old, (time.time() - folder.LEFTOVER_SECONDS - 60,) * 2)
    async with opened(folder_location(tmp_path, prefix="")) as store:
        await store.put("packs/other", b"x")
        assert await keys(store) == ["packs/object", "packs/other"]
    assert not old.exists()
    assert young.exists()


@pytest.mark.asyncio
async def test_links_and_special_files_are_neither_listed_nor_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"private")
    place = tmp_path / "store"
    (place / "dir").mkdir(parents=True)
    (place / "link").symlink_to(secret)
    (place / "dirlink").symlink_to(tmp_path)
    os.mkfifo(place / "pipe")
    async with opened(folder_location(place, prefix="")) as store:
        await store.put("dir/real", b"1")
        assert await keys(store) == ["dir/real"]
        for key in ("link", "pipe", "dir", "dir/real/below"):
            assert await store.head(key) is None
            with pytest.raises(NotFoundError):
                await store.get(key)
        for key in ("dir", "dir/real/below"):
            await store.delete(key)
            with pytest.raises(AccessError) as raised:
                await store.put(key, b"x")
            assert raised.value.code == "storage.bad_key"
        assert await store.get("dir/real") == b"1"
    assert secret.read_bytes() == b"private"


@pytest.mark.asyncio
async def test_a_disk_without_hard_links_still_creates_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(source: object, target: object, **_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(folder.os, "link", no_links)
    async with opened(folder_location(tmp_path)) as store:
        await store.put("a", b"1", only_if_absent=True)
        with pytest.raises(StorageError) as raised:
            await store.put("a", b"2", only_if_absent=True)
        assert raised.value.code == "storage.exists"
        assert await store.get("a") == b"1"


@pytest.mark.asyncio
async def test_a_share_that_hangs_ends_the_call_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()

    def hang(*_: object) -> None:
        answers.wait(60)

    options = StoreOptions(max_retries=0, no_progress_seconds=0.2)
    monkeypatch.setattr(folder, "_read", hang)
    async with opened(folder_location(tmp_path), options=options) as store:
        begin = time.monotonic()
        with pytest.raises(UnreachableError) as raised:
            await store.get("a", length=10)
        assert raised.value.code == "storage.timeout"
        assert time.monotonic() - begin < 30
        answers.set()


@pytest.mark.asyncio
async def test_many_small_objects_are_quick(tmp_path: Path) -> None:
    async with opened(folder_location(tmp_path)) as store:
        begin = time.monotonic()
        for i in range(200):
            await store.put(f"small/{i}", b"x")
            await store.get(f"small/{i}")
        assert len(await keys(store)) == 200
        assert time.monotonic() - begin < 30


@pytest.mark.asyncio
async def test_deleting_and_writing_side_by_side_lose_nothing(tmp_path: Path) -> None:
    """A delete takes the emptied folder away just when a put is about to use it."""
    async with opened(folder_location(tmp_path)) as store:

        async def churn(name: str) -> None:
            for _ in range(40):
                await store.put(f"deep/er/{name}", b"1")
                await store.delete(f"deep/er/{name}")

        await asyncio.gather(churn("a"), churn("b"), churn("c"))
        assert await keys(store) == []
        with pytest.raises(NotFoundError):
            await store.get("deep/er/a")
