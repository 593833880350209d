"""Gemini in a Takeout: logs as JSON and as pages, in several languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.memory.importers.html_text import to_text
from core.memory.importers.moments import at, is_local, local, written
from tests.importing.reading import read_all, write_json
from tests.importing.samples import gemini_log, gemini_page, gemini_record, iso


def test_prompts_with_an_address_are_one_conversation_the_others_one_a_day(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "MyActivity.json", gemini_log()))
    assert found.said("0123456789abcdef") == [
        ("what is a tide?", "The sea rises & falls.\n- twice"),
        ("tell me more", "More."),
    ]
    assert found.said("gemini-2025-10-10") == [("Was ist Ebbe?", "Das Wasser geht.")]
    assert found.nodes[0]["attachments"] == [{"kind": "file", "name": "map-1.png"}]
    assert found.nodes[0]["sources"] == [{"title": "Sea", "url": "https://sea.example"}]
    assert found.noted("import.left_out") == {"Gemini: Created": 1, "Gemini: Used": 1, "activity of Search": 1}


def test_prompts_without_answers_are_turns_of_their_own(tmp_path: Path) -> None:
    log = [gemini_record("Prompted second", 20), gemini_record("Prompted first", 10)]
    assert read_all(write_json(tmp_path / "MyActivity.json", log)).said() == [("first", ""), ("second", "")]


def test_the_requests_and_interactions_of_other_logs_are_read(tmp_path: Path) -> None:
    details = [{"name": "Request", "value": "What is Python?"}, {"name": "Response", "value": "A language."}]
    url = "https://gemini.google.com/app/c/conv-001"
    interactions = [{"userInteraction": {"request": "Hello", "response": "Hi!", "shown": False}}]
    log = [
        gemini_record("Used Gemini Apps", 10, titleUrl=url, details=details),
        gemini_record("Used Gemini Apps", 20, titleUrl=url, userInteractions=interactions),
    ]
    found = read_all(write_json(tmp_path / "MyActivity.json", log))
    assert found.said("conv-001") == [("What is Python?", "A language."), ("Hello", "Hi!")]


def test_a_page_is_read_cell_by_cell(tmp_path: Path) -> None:
    attached = '<br>1 Datei angehängt.<br>-&nbsp;<a href="a-1.png">a.png</a>'
    page = gemini_page(
        [
            ("Prompted&nbsp;What is PAM?", "Feb 17, 2026, 3:08:20\u202fPM EST", "<p>PAM is <b>x</b>.</p>"),
            (f"Eingegebener Prompt: Was?<br>zwei Zeilen{attached}", "17.02.2026, 14:51:53 MEZ", "<p>Das.</p>"),
            ("Prompted no answer", "17 de fev. de 2026, 14:51:53 BRT", ""),
            ("Used Gemini Apps", "Feb 17, 2026, 3:00:00 PM EST", ""),
        ]
    )
    path = tmp_path / "Takeout" / "MeineAktivitäten.html"
    path.parent.mkdir()
    path.write_text(page, "utf-8")
    found = read_all(tmp_path)
    assert found.said() == [("Was?\nzwei Zeilen", "Das."), ("no answer", ""), ("What is PAM?", "PAM is x.")]
    assert [node["created_at"] for node in found.nodes] == [
        "2026-02-17T13:51:53Z",
        "2026-02-17T17:51:53Z",
        "2026-02-17T20:08:20Z",
    ]
    assert found.nodes[0]["attachments"] == [{"kind": "file", "name": "a.png", "id": "a-1.png"}]
    assert found.noted("import.left_out") == {"Gemini: Used": 1}


def test_the_conversations_of_workspace_are_read(tmp_path: Path) -> None:
    turns = [
        {"user_turn": {"prompt": "Shorten this", "turn_last_modified": iso(1)}},
        {"system_turn": {"text": [{"data": "Short.", "preamble": "Here you go:"}]}},
        {"other_turn": {}},
    ]
    content = {"title": "Shorter", "creation_time": iso(0), "conversation_turns": turns}
    found = read_all(write_json(tmp_path / "Conversation History" / "conversation_17.txt", content))
    assert found.said() == [("Shorten this", "Here you go:\n\nShort.")]
    assert found.nodes[0]["conversation_id"] == "workspace-17"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Feb 17, 2026, 3:08:20 PM EST", "2026-02-17T20:08:20Z"),
        ("Jan 5, 2026, 12:30:00 AM UTC", "2026-01-05T00:30:00Z"),
        ("17. Feb. 2026, 15:08:20 CET", "2026-02-17T14:08:20Z"),
        ("17.02.2026, 14:51:53 MESZ", "2026-02-17T12:51:53Z"),
        ("17 févr. 2026, 14:51:53 CET", "2026-02-17T13:51:53Z"),
        ("17 de fev. de 2026, 14:51:53 BRT", "2026-02-17T17:51:53Z"),
        ("2026. 5. 28. 오전 1:30:00 KST", "2026-05-27T16:30:00Z"),
        ("2026/02/17 14:51:53 JST", "2026-02-17T05:51:53Z"),
        ("Feb 17, 2026, 3:08:20 PM GMT+05:30", "2026-02-17T09:38:20Z"),
    ],
)
def test_moments_of_many_languages_are_understood(line: str, expected: str) -> None:
    assert is_local(line)
    found = local(line)
    assert found is not None
    assert written(found) == expected


@pytest.mark.parametrize(
    "value", [None, "", 0, True, "never", {}, {"$date": None}, [1], float("nan"), 1e30, "2026-13-01"]
)
def test_what_is_no_moment_is_none(value: object) -> None:
    assert at(value) is None


def test_html_becomes_text_with_its_lines() -> None:
    html = "<h2>Tides</h2><p>Up &amp; down</p><ol><li>one</li><li>two</li></ol><pre><code>a\n  b</code></pre>"
    assert to_text(html + "<script>alert(1)</script>") == "Tides\n\nUp & down\n- one\n- two\n\na\n  b"
