"""Changes to somebody else's JSON: what was added is there, what is taken out leaves every other byte as it was."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.assistants.json_text import parsed, with_child, with_value, without_child

KEYS = st.text(max_size=4).filter(lambda key: key != "new")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, VALUES, max_size=4)
LAYOUTS = st.sampled_from([None, 2, 4, "\t"])
ADDED = {"hooks": [{"type": "command", "words": ["a", "ü"], "empty": {}}]}


@given(value=VALUES, indent=LAYOUTS)
def test_a_value_is_read_as_every_reader_reads_it(value: object, indent: int | str | None) -> None:
    assert parsed(json.dumps(value, indent=indent)).value == value


@given(value=OBJECTS, indent=LAYOUTS, crlf=st.booleans())
def test_added_and_taken_out_again_leaves_no_trace(
    value: dict[str, object], indent: int | str | None, crlf: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False) + "\n"
    text = text.replace("\n", "\r\n") if crlf else text
    more = with_child(text, parsed(text), "new", ADDED)
    assert list(json.loads(more)) == [*value, "new"]
    assert json.loads(more) == {**value, "new": ADDED}
    root = parsed(more)
    assert without_child(more, root, root.children[-1]) == text


@given(value=OBJECTS.filter(bool), indent=LAYOUTS)
def test_each_member_can_be_taken_out_or_replaced_and_the_others_stay(
    value: dict[str, object], indent: int | str | None
) -> None:
    text = json.dumps(value, indent=indent)
    for number, name in enumerate(value):
        root = parsed(text)
        left = json.loads(without_child(text, root, root.children[number]))
        assert left == {key: one for key, one in value.items() if key != name}
        replaced = with_value(text, root.children[number].place, ADDED)
        assert json.loads(replaced) == {**value, name: ADDED}


@pytest.mark.parametrize("text", ["", "{", '{"a": 1,}', "{} {}", "// no\n{}", "{\"a\": 'b'}"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.JSONDecodeError):
        parsed(text)


def test_what_is_added_is_laid_out_as_its_neighbours() -> None:
    text = '{\n    "a": {\n        "b": 1\n    }\n}\n'
    inner = parsed(text).child("a")
    assert inner is not None
    assert with_child(text, inner, "c", [1]) == (
        '{\n    "a": {\n        "b": 1,\n        "c": [\n            1\n        ]\n    }\n}\n'
    )
    assert with_child('{"a": 1}', parsed('{"a": 1}'), "c", [1]) == '{"a": 1, "c": [1]}'
