import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import DamageError, UsageError
from core.vault import records

NAME = "corpus/nodes.json"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(TEXT, VALUES, max_size=4), max_size=6)


def written(items: list[dict[str, Any]], like: records.Corpus | None = None) -> bytes:
    return b"".join(records.encode_corpus(items, like))


def append(data: bytes, items: list[dict[str, Any]]) -> bytes:
    size, blocks = records.appended(io.BytesIO(data), items, NAME)
    return data[:size] + b"".join(blocks)


@given(RECORDS)
def test_what_is_written_is_read_and_any_json_reader_reads_it(items):
    data = written(items)
    assert records.parse_corpus(data, NAME).records == items
    assert json.loads(data) == items


@given(RECORDS, RECORDS, st.sampled_from([None, 0, 2, "\t"]))
def test_appending_to_a_file_of_any_layout_equals_writing_it_whole(old, new, indent):
    data = json.dumps(old, indent=indent).encode() + b"\n \n"
    assert records.parse_corpus(append(data, new), NAME).records == old + new
    assert records.parse_corpus(append(written(old), new), NAME).records == old + new


@given(RECORDS, RECORDS, st.sampled_from(["nodes", "records", "items", "data"]))
def test_a_wrapper_and_its_unknown_keys_stay(old, new, key):
    data = json.dumps({"version": 7, key: old, "schema": {"x": [1]}}).encode()
    assert json.loads(append(data, new)) == {"version": 7, key: old + new, "schema": {"x": [1]}}
    assert json.loads(written(new, records.parse_corpus(data, NAME)))["schema"] == {"x": [1]}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'\xef\xbb\xbf[{"id": 1}]', [{"id": 1}]),
        ('[{"id": "é"}]'.encode("utf-16"), [{"id": "é"}]),
        (b'[{"id": 340282366920938463463374607431768211456}]', [{"id": 2**128}]),
        (b'[{"id": "\\ud800"}]', [{"id": "\ud800"}]),
        (b'[{"score": Infinity}]', [{"score": float("inf")}]),
        (b" [ ] ", []),
        (b'[{"text": "ends with ] and [ and }]"}]', [{"text": "ends with ] and [ and }]"}]),
    ],
)
def test_files_of_other_programs_open_and_take_more_records(data, expected):
    assert records.parse_corpus(data, NAME).records == expected
    assert records.parse_corpus(append(data, [{"id": "new"}]), NAME).records == [*expected, {"id": "new"}]


@pytest.mark.parametrize(
    "data", [b"", b"[", b'[{"id": 1}', b"null", b"7", b'{"other": []}', b'["text"]', b"[[]]", b"\x00" * 40, b"[" * 9999]
)
def test_what_is_no_list_of_records_is_damage_and_never_an_empty_list(data):
    with pytest.raises(DamageError) as caught:
        records.parse_corpus(data, NAME)
    assert caught.value.code == "vault.unreadable"


@pytest.mark.parametrize("value", [2**200, "\ud800", -(2**64)])
def test_values_beyond_the_fast_encoder_come_back_exactly(value):
    assert records.parse_corpus(written([{"value": value}]), NAME).records == [{"value": value}]


@pytest.mark.parametrize("bad", [["text"], [None], [{1: "key"}], [[]]])
def test_what_is_no_record_is_refused(bad):
    with pytest.raises(UsageError) as caught:
        records.require_records(bad)
    assert caught.value.code == "vault.not_a_record"


def test_what_json_cannot_hold_is_refused():
    with pytest.raises(UsageError) as caught:
        written([{"value": object()}])
    assert caught.value.code == "vault.not_json"
