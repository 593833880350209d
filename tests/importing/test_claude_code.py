"""Transcripts of Claude Code."""

from __future__ import annotations

from pathlib import Path

from tests.importing.reading import read_all
from tests.importing.samples import code_lines, code_record, code_session, code_turn


def test_what_a_person_and_claude_said_becomes_turns_and_the_programs_own_lines_do_not(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(code_lines(code_session()))
    found = read_all(path)
    session = "5e551011-0000-4000-8000-000000000001"
    assert found.said(session) == [
        ("/review all\n\nFix bug 1 in the sail", "Fixed bug 1."),
        ("Fix bug 2 in the sail", "Fixed bug 2."),
        ("Also paint it", "Painted."),
    ]
    node = found.nodes[0]
    assert (node["project"], node["model"], node["title"]) == ("boats", "claude-opus-4-5", "Sail repair")
    assert node["tools"][0]["name"] == "Read"
    assert len(node["tools"][1]["result"]) == 1001
    assert found.noted("import.unknown_record") == {"quantum-leap": 1}
    assert found.noted("import.shortened") == {"tool results": 2}
    assert found.noted("import.left_out")["output of commands"] == 1


def test_a_helper_is_a_conversation_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(code_lines(code_session()))
    found = read_all(path)
    helper = "5e551011-0000-4000-8000-000000000001/agent-abc"
    assert found.said(helper) == [("Look into the keel", "The keel is fine.")]
    assert found.episodes[helper]["helper"] == "agent-abc"


def test_a_line_without_its_end_waits_and_a_broken_one_is_named(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    lines = code_lines(code_turn(1))
    path.write_bytes(lines + b'{"broken": \n' + code_lines(code_turn(2)) + b'{"type":"user","uuid":"u9","mess')
    found = read_all(path)
    assert len(found.nodes) == 2
    assert found.noted("import.broken_item") == {"line": 1}
    assert found.noted("import.left_out") == {"line that is still being written": 1}


def test_a_last_line_that_is_whole_counts_without_its_end_of_line(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    path.write_bytes(code_lines(code_turn(1)).rstrip(b"\n"))
    assert read_all(path).said() == [("Fix bug 1 in the sail", "Fixed bug 1.")]


def test_the_same_message_in_two_sessions_is_one_node(tmp_path: Path) -> None:
    first, resumed = tmp_path / "1.jsonl", tmp_path / "2.jsonl"
    first.write_bytes(code_lines(code_turn(1)))
    resumed.write_bytes(code_lines([{**record, "sessionId": "another"} for record in code_turn(1)]))
    assert read_all(first).nodes[0]["id"] == read_all(resumed).nodes[0]["id"]


def test_reminders_in_a_prompt_are_not_what_a_person_said(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    text = "<system-reminder>Be good</system-reminder>Really do it"
    blocks = [
        {"type": "text", "text": text},
        {"type": "image", "source": {"type": "base64", "media_type": "image/png"}},
    ]
    path.write_bytes(code_lines([code_record("u", "user", blocks, 1), code_record("n", "assistant", "Done", 2)]))
    found = read_all(path)
    assert found.said() == [("Really do it", "Done")]
    assert found.nodes[0]["attachments"] == [{"kind": "image", "type": "image/png"}]


def test_what_tools_printed_beside_a_session_is_no_session(tmp_path: Path) -> None:
    folder = tmp_path / "projects" / "-home-mia"
    (folder / "s1" / "tool-results").mkdir(parents=True)
    (folder / "s1.jsonl").write_bytes(code_lines(code_session()))
    (folder / "s1" / "tool-results" / "toolu_1.txt").write_text('[{"mapping": {}, "title": "an export that was read"}]')
    found = read_all(tmp_path)
    assert found.noted("import.left_out")["files without conversations"] == 1
    assert {node["source"] for node in found.nodes} == {"claude-code"}
