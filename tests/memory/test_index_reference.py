"""The index gives what the plain reference gives, whatever was added, replaced, deleted, flushed and reopened."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.memory.index import EmbeddedIndex, Filter, IndexRecord, Query
from tests.memory import reference

WORDS = ["cat", "cats", "dog", "river", "the", "Müller", "straße", "猫が好き", "running", "2023", "ana", "🎉"]
texts = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
numbers = st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0, 3.0])
vectors = st.none() | st.lists(numbers, min_size=5, max_size=5).map(lambda values: np.array(values, "<f4").tobytes())
records = st.builds(
    IndexRecord,
    label=st.integers(0, 11),
    text=texts,
    vector=vectors,
    system=st.sampled_from(["laptop", "desk"]),
    kind=st.sampled_from(["memory", "node"]),
    project=st.sampled_from([None, "a", "b"]),
    created_at=st.sampled_from([None, 0.0, 1.7e9, 1.7e9 + 86400]),
    conversation=st.sampled_from([None, "c1", "c2"]),
    position=st.sampled_from([None, 0, 1, 2, 3]),
    speaker=st.sampled_from([None, "Ana"]),
)
changes = st.lists(
    st.one_of(
        st.lists(records, min_size=1, max_size=5),
        st.frozensets(st.integers(0, 11), min_size=1, max_size=4),
        st.sampled_from(["flush", "reopen"]),
    ),
    max_size=10,
)
some = st.none() | st.frozensets(st.sampled_from(["laptop", "desk", "elsewhere"]), max_size=2)
filters = st.builds(
    Filter,
    systems=some,
    kinds=st.none() | st.frozensets(st.sampled_from(["memory", "node"]), max_size=1),
    projects=st.none() | st.frozensets(st.sampled_from(["a", "b"]), max_size=2),
    after=st.sampled_from([None, 0.0, 1.7e9]),
    before=st.sampled_from([None, 1.7e9, 2e9]),
    labels=st.none() | st.frozensets(st.integers(0, 11), max_size=8),
    conversations=st.none() | st.frozensets(st.sampled_from(["c1", "c2"]), max_size=1),
)
queries = st.builds(Query, text=texts, vector=vectors, k=st.integers(0, 15), filter=filters)


def agree(index: EmbeddedIndex, held: dict[int, IndexRecord], query: Query) -> None:
    """The hits of `index` are the best of the reference, in order, with its figures."""
    expected = reference.search(held, query)
    hits = index.search(query)
    assert len(hits) == min(query.k, len(expected))
    ranked = sorted(expected, key=lambda label: (-round(expected[label].score, 5), label))
    for hit, label in zip(hits, ranked, strict=False):
        assert hit.score == pytest.approx(expected[label].score, abs=1e-5)
        wanted = expected[hit.label]
        assert hit.score == pytest.approx(wanted.score, abs=1e-5)
        assert hit.lexical == pytest.approx(wanted.lexical, abs=1e-5)
        assert hit.dense == (None if wanted.dense is None else pytest.approx(wanted.dense, abs=1e-6))
        assert hit.lexical_share == pytest.approx(wanted.lexical_share, abs=1e-3)
        assert hit.lexical_share + hit.dense_share == pytest.approx(1 if hit.score else 0)
    assert hits == sorted(hits, key=lambda hit: (-hit.score, hit.label))


@pytest.mark.parametrize("engine", ["numkong", "faiss", "numpy"])
@settings(suppress_health_check=[HealthCheck.too_slow])
@given(changes=changes, asked=st.lists(queries, min_size=1, max_size=5))
def test_it_ranks_as_the_reference_after_any_history(engine: str, changes: list[object], asked: list[Query]) -> None:
    with tempfile.TemporaryDirectory() as folder, patch("os.fsync"):  # no power fails here
        index = EmbeddedIndex(Path(folder) / "index", None, engine=engine)
        held: dict[int, IndexRecord] = {}
        for number, change in enumerate(changes):
            if change == "flush":
                index.flush(number)
            elif change == "reopen":
                index.flush(number)
                index.close()
                index = EmbeddedIndex(Path(folder) / "index", None, engine=engine)
                assert index.seq == number
            elif isinstance(change, frozenset):
                index.delete(change)
                held = {label: record for label, record in held.items() if label not in change}
            elif isinstance(change, list):
                index.add(change)
                held |= {record.label: record for record in change}
            agree(index, held, asked[0])
        assert index.count() == len(held)
        for query in asked:
            agree(index, held, query)
        index.close()
