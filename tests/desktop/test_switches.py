"""Each source has a switch of its own, whatever settings it is made of."""

from __future__ import annotations

from typing import Any

from desktop.settings import SettingsDialog
from desktop.switches import SESSION_BUDDY_SWITCHES, is_given, is_on, switched
from tests.desktop.stage import StageModel

REFLECTION, GRAPH = SESSION_BUDDY_SWITCHES
NOTHING: dict[str, Any] = {
    "sources.session_buddy": True,
    **dict.fromkeys(SESSION_BUDDY_SWITCHES.values(), True),
    "sources.claude_code": False,
    "sources.extra": [{"name": "notes", "kind": "files", "path": "/n", "enabled": False}],
}


def after(before: dict[str, Any], name: str, on: bool) -> dict[str, bool]:
    known = {**before, **switched(before.__getitem__, name, on)}
    return {one: is_on(known.__getitem__, one) for one in (REFLECTION, GRAPH, "claude-code", "notes")}


def test_a_switch_moves_its_own_source_alone() -> None:
    first = {REFLECTION: True, GRAPH: True, "claude-code": False, "notes": False}
    for name, on in first.items():
        assert after(NOTHING, name, not on) == {**first, name: not on}


def test_one_database_is_switched_on_where_both_were_off_together() -> None:
    off = {**NOTHING, "sources.session_buddy": False}
    assert not is_on(off.__getitem__, GRAPH)
    assert after(off, GRAPH, True) == {REFLECTION: False, GRAPH: True, "claude-code": False, "notes": False}


def test_what_the_environment_decides_cannot_be_switched() -> None:
    off = {**NOTHING, "sources.session_buddy": False}
    both = {"sources.session_buddy"}.__contains__
    assert is_given(both, off.__getitem__, GRAPH)
    assert not is_given(both, NOTHING.__getitem__, GRAPH)  # on for both: each can still be switched
    assert is_given({SESSION_BUDDY_SWITCHES[GRAPH]}.__contains__, NOTHING.__getitem__, GRAPH)
    assert not is_given({SESSION_BUDDY_SWITCHES[GRAPH]}.__contains__, NOTHING.__getitem__, REFLECTION)


async def test_the_settings_have_a_switch_for_each_database(stage: StageModel, appearance: Any, qloop: Any) -> None:
    dialog = SettingsDialog(stage, appearance)
    page = dialog._pages["sources"]
    boxes = {name: page.fields[setting] for name, setting in SESSION_BUDDY_SWITCHES.items()}
    dialog.draft.set("sources.session_buddy", False)
    page.show_values()
    assert not any(box.isChecked() for box in boxes.values())
    boxes[GRAPH].click()
    assert [boxes[name].isChecked() for name in SESSION_BUDDY_SWITCHES] == [False, True]
    assert dialog.draft.changes == {SESSION_BUDDY_SWITCHES[REFLECTION]: False}
    dialog.deleteLater()
