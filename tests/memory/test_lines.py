"""A corpus is cut into the records that parsing it whole would give, and each is known again wherever it stands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError
from core.memory.lines import HASH, of_corpus, same_places
from core.vault.layout import NODES
from core.vault.records import encode_corpus, parse_corpus
from tests.memory.vaults import LAYOUTS

NOTHING = np.empty(0, HASH)
_values = st.recursive(
    st.text('a\n\r,{}[]"\\\u2028é', max_size=6) | st.integers(-(1 << 70), 1 << 70) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=6,
)
_records = st.lists(st.dictionaries(st.sampled_from(["id", "human_content", "x"]), _values, max_size=3), max_size=5)


@given(records=_records, layout=st.sampled_from([lambda records: b"".join(encode_corpus(records)), *LAYOUTS]))
def test_whatever_its_layout_a_file_gives_the_records_that_parsing_it_gives(records: list[Any], layout: Any) -> None:
    data = layout(records)
    found = of_corpus(data, NODES, NOTHING)
    parsed = parse_corpus(data, NODES).records
    assert [found.record(at) for at in range(len(found))] == parsed
    again = of_corpus(data, NODES, found.hashes)
    assert again.before.tolist() == list(range(len(parsed)))


@pytest.mark.parametrize(
    "data", [b'[\n{"a":1},\n\n]\n', b'[\n{"a":1},\n{"b"\n]\n', b'[\n{"a":1},\n3\n]\n', b'[\n"\n]\n', b"[\n\xff\n]\n"]
)
def test_what_is_no_list_of_objects_is_refused(data: bytes) -> None:
    known = of_corpus(b'[\n{"a":1}\n]\n', NODES, NOTHING).hashes
    with pytest.raises(DamageError):
        of_corpus(data, NODES, known)


@pytest.mark.parametrize(
    "data", [b"[]", b"[\n]\n", b"[\n\n]\n", b'[\n{"a":[{"b":1},\n{"c":2}]}\n]\n', b'[\n{"a":1},\n{\n"b":[1,\n2]}\n]\n']
)
def test_line_ends_inside_a_record_do_not_cut_it(data: bytes) -> None:
    found = of_corpus(data, NODES, NOTHING)
    assert [found.record(at) for at in range(len(found))] == parse_corpus(data, NODES).records


@given(old=st.lists(st.sampled_from("abcd"), max_size=8), new=st.lists(st.sampled_from("abcd"), max_size=8))
def test_as_many_as_can_be_are_known_again_each_once(old: list[str], new: list[str]) -> None:
    places = same_places(np.array(old, HASH), np.array(new, HASH)).tolist()
    taken = [place for place in places if place >= 0]
    assert len(set(taken)) == len(taken)
    assert all(old[place] == one for place, one in zip(places, new, strict=True) if place >= 0)
    assert len(taken) == sum(min(old.count(one), new.count(one)) for one in "abcd")
