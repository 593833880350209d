"""What every store must do, whatever it is made of. Each check gets a fresh, empty store."""

from __future__ import annotations

import asyncio
import secrets

import pytest

from core.storage import (
    AccessError,
    AlreadyExistsError,
    NotFoundError,
    ObjectStore,
    StoredObject,
    TooLargeError,
)


async def keys(store: ObjectStore, prefix: str = "", delimiter: str = "") -> list[str]:
    """The keys of a listing, in the order in which they come."""
    return [item.key async for item in store.list(prefix, delimiter=delimiter)]


async def gives_back_exactly_what_was_put(store: ObjectStore) -> None:
    for size in (0, 1, 65_535, 65_536, 65_537, 3_000_000):
        body = secrets.token_bytes(size)
        await store.put(f"sizes/{size}", body)
        assert await store.get(f"sizes/{size}") == body
        assert (await store.head(f"sizes/{size}")) is not None


async def reads_ranges(store: ObjectStore) -> None:
    body = bytes(range(256)) * 300
    await store.put("ranged", body)
    size = len(body)
    for offset, length in [(0, 1), (0, size), (5, 10), (65_000, 3000), (size - 1, 1), (size - 5, 100), (0, size * 2)]:
        got = await store.get("ranged", offset=offset, length=length)
        assert got == body[offset : offset + length], (offset, length)
    assert await store.get("ranged", offset=7) == body[7:]
    assert await store.get("ranged", offset=3, length=0) == b""
    assert await store.get("ranged", offset=size, length=5) == b""
    assert await store.get("ranged", offset=size + 10) == b""


async def refuses_more_than_the_caller_takes(store: ObjectStore) -> None:
    await store.put("large", b"x" * 1000)
    with pytest.raises(TooLargeError) as raised:
        await store.get("large", at_most=999)
    assert raised.value.code == "storage.too_large"
    assert await store.get("large", at_most=1000) == b"x" * 1000
    assert await store.get("large", offset=990, length=10, at_most=10) == b"x" * 10


async def says_that_an_object_is_not_there(store: ObjectStore) -> None:
    with pytest.raises(NotFoundError) as raised:
        await store.get("missing/object")
    assert raised.value.code == "storage.not_found"
    assert not raised.value.retryable
    assert await store.head("missing/object") is None
    await store.delete("missing/object")


async def tells_size_and_time(store: ObjectStore) -> None:
    await store.put("some/object", b"12345")
    found = await store.head("some/object")
    assert found is not None
    assert (found.key, found.size) == ("some/object", 5)
    assert found.modified is not None
    assert found.modified.tzinfo is not None


async def replaces_whole_objects(store: ObjectStore) -> None:
    await store.put("twice", b"first, and longer")
    await store.put("twice", b"second")
    assert await store.get("twice") == b"second"


async def forgets_what_is_deleted(store: ObjectStore) -> None:
    await store.put("a/b/c", b"1")
    await store.put("a/b/d", b"2")
    await store.delete("a/b/c")
    assert await store.head("a/b/c") is None
    assert await keys(store) == ["a/b/d"]
    await store.delete("a/b/d")
    assert await keys(store) == []
    await store.put("a/b/c", b"3")
    assert await store.get("a/b/c") == b"3"


async def lists_in_the_order_of_keys(store: ObjectStore) -> None:
    names = ["a-b", "a.b/x", "a/b", "a/b.c", "a/c/d", "aa", "b", "systems/s1/uploads/u1/manifest.json", "Z"]
    for name in names:
        await store.put(name, name.encode())
    assert await keys(store) == sorted(names, key=str.encode)
    assert await keys(store, "a") == sorted((n for n in names if n.startswith("a")), key=str.encode)
    assert await keys(store, "a/") == ["a/b", "a/b.c", "a/c/d"]
    assert await keys(store, "a/b") == ["a/b", "a/b.c"]
    assert await keys(store, "nothing/") == []
    assert await keys(store, "systems/s1/uploads/") == ["systems/s1/uploads/u1/manifest.json"]
    sizes = {item.key: item.size async for item in store.list()}
    assert sizes == {name: len(name) for name in names}


async def lists_one_level_with_a_delimiter(store: ObjectStore) -> None:
    for name in ["top", "a/1", "a/2", "b/c/d", "a.z", "ab/1"]:
        await store.put(name, b"..")
    assert await keys(store, delimiter="/") == ["a.z", "a/", "ab/", "b/", "top"]
    assert await keys(store, "b/", "/") == ["b/c/"]
    assert await keys(store, "a/", "/") == ["a/1", "a/2"]
    assert await keys(store, "a", "/") == ["a.z", "a/", "ab/"]
    folders = [item async for item in store.list("b/", delimiter="/")]
    assert folders == [StoredObject("b/c/", 0)]


async def refuses_keys_that_lead_elsewhere(store: ObjectStore) -> None:
    for key in [
        "",
        "/",
        "/etc/passwd",
        "a//b",
        "../x",
        "a/../../x",
        "./a",
        "a/.",
        "a\\b",
        "a\0b",
        "a\nb",
        "c:/x",
        "a/",
    ]:
        for call in (store.put(key, b"x"), store.get(key), store.head(key), store.delete(key)):
            with pytest.raises(AccessError) as raised:
                await call
            assert raised.value.code == "storage.bad_key", key
    assert await keys(store) == []


async def takes_the_keys_that_uploads_use(store: ObjectStore) -> None:
    names = [
        "systems/lap top-é_1/uploads/20261120_112233_444_lap-a1b2_c3d4e5/manifest.json",
        "vaults/0f3c/packs/ab/" + "ab" * 32 + ".pack",
        "vaults/0f3c/odd name+&=%25@!'(),;~.table",
    ]
    for name in names:
        await store.put(name, name.encode())
    for name in names:
        assert await store.get(name) == name.encode()
    assert await keys(store) == sorted(names, key=str.encode)


async def works_many_at_once(store: ObjectStore) -> None:
    bodies = {f"many/{i:03}": secrets.token_bytes(20_000 + i) for i in range(24)}
    async with asyncio.TaskGroup() as group:
        for key, body in bodies.items():
            group.create_task(store.put(key, body))
    got = await asyncio.gather(*(store.get(key) for key in bodies))
    assert got == list(bodies.values())


async def counts_its_traffic(store: ObjectStore) -> None:
    before = store.traffic.requests, store.traffic.sent, store.traffic.received
    await store.put("counted", b"x" * 70_000)
    assert (store.traffic.requests - before[0], store.traffic.sent - before[1]) == (1, 70_000)
    await store.get("counted")
    assert (store.traffic.requests - before[0], store.traffic.received - before[2]) == (2, 70_000)


async def creates_only_once_when_asked(store: ObjectStore) -> None:
    """Only for stores whose probe proved it."""
    await store.put("once", b"first", only_if_absent=True)
    with pytest.raises(AlreadyExistsError) as raised:
        await store.put("once", b"second", only_if_absent=True)
    assert raised.value.code == "storage.exists"
    assert await store.get("once") == b"first"
    await store.delete("once")
    await store.put("once", b"third", only_if_absent=True)
    assert await store.get("once") == b"third"


CHECKS = [
    gives_back_exactly_what_was_put,
    reads_ranges,
    refuses_more_than_the_caller_takes,
    says_that_an_object_is_not_there,
    tells_size_and_time,
    replaces_whole_objects,
    forgets_what_is_deleted,
    lists_in_the_order_of_keys,
    lists_one_level_with_a_delimiter,
    refuses_keys_that_lead_elsewhere,
    takes_the_keys_that_uploads_use,
    works_many_at_once,
    counts_its_traffic,
]
