"""Lines of the socket: what is written is read, and nothing else is."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.control.wire import Message, OwnerMessage, decode, encode
from core.errors import UsageError
from core.sync.events import Command, Event, Restore, Sync, Verify

KINDS = [*Command.__args__, *Event.__args__, *OwnerMessage.__args__]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_message_survives_the_wire(kind: type[Any]) -> None:
    simple = {"str": "x", "dict[str, Any]": {"a": 1}, "State": "idle", "int": 1}
    required = [f for f in dataclasses.fields(kind) if f.default is f.default_factory is dataclasses.MISSING]
    message: Message = kind(**{f.name: simple.get(str(f.type), "new") for f in required})
    assert decode(encode(message)) == message


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_other_json_is_refused(data: Any) -> None:
    import json

    with pytest.raises(UsageError):
        decode(json.dumps(data).encode())


@given(st.binary())
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(UsageError):
        decode(data)


@pytest.mark.parametrize("message", [Sync(full=1), Sync(method=None), Restore(upload_id=3), Verify(sample="all")])  # type: ignore[arg-type]
def test_a_value_of_another_type_is_refused(message: Message) -> None:
    with pytest.raises(UsageError):
        decode(encode(message))
