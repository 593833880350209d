"""A system's shard is the same on every hub and in every version, and files share the shards evenly."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.akosha.shards import ShardRouter


@pytest.mark.parametrize(("system", "shard"), [("laptop", 196), ("desktop", 2), ("", 66), ("büro-1", 16)])
def test_a_shard_never_changes(system: str, shard: int) -> None:
    assert ShardRouter().shard_of(system) == shard


@given(st.text(st.characters(codec="utf-8"), max_size=50), st.integers(1, 300))
def test_a_shard_is_the_first_four_bytes_of_the_hash(system: str, shards: int) -> None:
    digest = hashlib.sha256(system.encode()).hexdigest()
    assert ShardRouter(shards).shard_of(system) == int(digest[:8], 16) % shards


@given(st.text(st.characters(codec="utf-8"), max_size=50), st.integers(1, 256))
def test_a_system_lies_in_the_file_of_its_shard(system: str, files: int) -> None:
    router = ShardRouter()
    file = router.file_of(system, files)
    assert file == router.file_of_shard(router.shard_of(system), files) == router.shard_of(system) * files // 256
    assert 0 <= file < files


@pytest.mark.parametrize("files", [1, 2, 3, 7, 256])
def test_files_hold_about_as_many_shards_each(files: int) -> None:
    router = ShardRouter()
    counts = Counter(router.file_of_shard(shard, files) for shard in range(256))
    assert set(counts) == set(range(files))
    assert max(counts.values()) - min(counts.values()) <= 1


def test_systems_spread_over_the_shards() -> None:
    router = ShardRouter()
    assert len(router.shards_of(f"system-{i}" for i in range(5000))) == 256
    assert router.shards_of(["laptop", "laptop"]) == {196}


def test_there_is_at_least_one_shard() -> None:
    with pytest.raises(ValueError, match="0 shards"):
        ShardRouter(0)
