"""Files as they come: zipped or not, in any encoding, cut off, or made to do harm."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path

import pytest

from core.errors import CogzyError, DamageError, RefusedError, UsageError
from core.memory.importers import Member, Report, stream
from core.memory.importers.report import MOST_FINDINGS, OTHERS
from tests.importing.reading import read_all, write_json
from tests.importing.samples import (
    CLAUDE_USERS,
    claude_plain,
    code_lines,
    code_turn,
    gemini_log,
    gpt_plain,
    gpt_tools,
    grok_export,
    write_zip,
)

EXPORTS = {
    "chatgpt": [gpt_plain("g")],
    "claude": [claude_plain("c")],
    "grok": grok_export(),
    "gemini": gemini_log(),
}


@pytest.mark.parametrize("source", EXPORTS)
@pytest.mark.parametrize("way", ["file", "folder", "zip", "nested zip", "folder with a zip"])
def test_an_export_is_recognised_by_its_content_however_it_comes(tmp_path: Path, source: str, way: str) -> None:
    name = "whatever.json"
    if way in ("file", "folder"):
        path = write_json(tmp_path / "in" / name, EXPORTS[source])
        path = path if way == "file" else tmp_path
    else:
        inside = f"deep/er/{name}" if way == "nested zip" else name
        path = write_zip(tmp_path / "some.bin.zip", {inside: EXPORTS[source], "deep/photo.png": b"x"})
        path = tmp_path if way == "folder with a zip" else path
    found = read_all(path)
    assert {node["source"] for node in found.nodes} == {source}


def test_several_exports_at_once_are_told_apart(tmp_path: Path) -> None:
    for name, content in EXPORTS.items():
        write_json(tmp_path / name / "conversations.json", content)
    (tmp_path / "s.jsonl").write_bytes(code_lines(code_turn(1)))
    found = read_all(tmp_path)
    assert set(found.report.sources) == {*EXPORTS, "claude-code"}


def test_only_the_source_that_was_asked_for_is_taken_and_the_others_are_named(tmp_path: Path) -> None:
    for name, content in EXPORTS.items():
        write_json(tmp_path / f"{name}.json", content)
    found = read_all(tmp_path, source="anthropic")
    assert set(found.report.sources) == {"claude"}
    assert found.noted("import.other_source") == {"ChatGPT": 1, "Grok": 1, "Gemini": 1}


def test_files_that_are_not_known_are_named_and_known_ones_without_words_counted(tmp_path: Path) -> None:
    files = {
        "conversations.json": EXPORTS["chatgpt"],
        "odd.json": {"a": 1},
        "user.json": {},
        "a.dat": b"",
        "b.dat": b"",
    }
    found = read_all(write_zip(tmp_path / "e.zip", files))
    assert found.noted("import.unknown_file") == {"odd.json": 1}
    assert found.noted("import.file_left_out") == {".dat": 2}
    assert found.noted("import.left_out") == {"files without conversations": 1}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_encoding_gives_the_same_text(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([gpt_plain("g", 1, "日本語 🐳 Größe")], ensure_ascii=False), encoding)
    assert read_all(path).said() == [("Question 0 of g 日本語 🐳 Größe", "Answer 0 日本語 🐳 Größe")]


def test_letters_that_are_no_utf8_are_replaced_and_noted(tmp_path: Path) -> None:
    path = tmp_path / "conversations.json"
    path.write_bytes(json.dumps([gpt_plain("g", 1, "Größe")], ensure_ascii=False).encode("latin-1"))
    found = read_all(path)
    assert found.said()[0][1] == "Answer 0 Gr\ufffd\ufffde"
    assert "import.broken_text" in {one.code for one in found.report.findings}


def test_a_letter_across_two_blocks_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "BLOCK", 7)
    path = tmp_path / "conversations.json"
    path.write_text(json.dumps([gpt_plain("g", 1, "ü🐳日")], ensure_ascii=False), "utf-8")
    found = read_all(path)
    assert found.said() == [("Question 0 of g ü🐳日", "Answer 0 ü🐳日")]
    assert found.report.findings == []


@pytest.mark.parametrize("text", ['"\\ud800 half"', '"nul \\u0000"', "NaN", "123456789012345678901234567890", '"a\tb"'])
def test_what_a_strict_parser_refuses_is_read_all_the_same(tmp_path: Path, text: str) -> None:
    one, other = json.dumps(gpt_plain("one", 1)), json.dumps(gpt_plain("two", 1))
    path = tmp_path / "conversations.json"
    path.write_text(f'[{one}, {other[:-1]}, "odd": {text}}}]')
    assert {node["conversation_id"] for node in read_all(path).nodes} == {"one", "two"}


@pytest.mark.parametrize("left", [0.2, 0.5, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused_whole(tmp_path: Path, left: float) -> None:
    whole = json.dumps([gpt_plain(f"g{number}") for number in range(9)]).encode()
    path = tmp_path / "conversations.json"
    path.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(DamageError, match="damaged") as caught:
        read_all(path)
    assert caught.value.code == "import.not_json"
    assert str(caught.value.params["place"]).startswith("item ")


@pytest.mark.parametrize("left", [0.1, 0.5, 0.95])
def test_a_zip_that_was_cut_off_is_refused_whole(tmp_path: Path, left: float) -> None:
    path = write_zip(tmp_path / "e.zip", {"conversations.json": EXPORTS["chatgpt"]})
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(DamageError) as caught:
        read_all(path)
    assert caught.value.code == "import.zip_broken"


def test_a_zip_with_a_flipped_bit_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"conversations.json": [gpt_plain("g", 50)]})
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 0x10
    path.write_bytes(whole)
    with pytest.raises(DamageError):
        read_all(path)


def test_a_zip_that_grows_out_of_all_proportion_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.memory.importers.opening.PLAIN_BYTES", 1 << 20)
    path = tmp_path / "bomb.zip"
    write_zip(path, {"conversations.json": [gpt_plain("g", 2, "x" * (4 << 20))]})
    with pytest.raises(RefusedError) as caught:
        read_all(path)
    assert caught.value.code == "import.zip_bomb"


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"conversations.json": EXPORTS["chatgpt"]})
    data = path.read_bytes()
    at, end = data.index(b"PK\x01\x02"), data.index(b"PK\x05\x06")
    entry, tail = data[at:end], data[end:]
    count = 4
    tail = tail[:8] + struct.pack("<HHII", count, count, len(entry) * count, at) + tail[20:]
    path.write_bytes(data[:at] + entry * count + tail)
    with pytest.raises(CogzyError) as caught:
        read_all(path)
    assert caught.value.code in ("import.zip_bomb", "import.zip_broken")


def test_a_zip_with_countless_entries_is_refused_before_it_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.memory.importers.opening.MOST_ENTRIES", 3)
    path = write_zip(tmp_path / "e.zip", {f"{number}.json": b"{}" for number in range(5)})
    with pytest.raises(RefusedError):
        read_all(path)


def test_an_encrypted_zip_says_so(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "e.zip", {"conversations.json": EXPORTS["chatgpt"]})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(UsageError) as caught:
        read_all(path)
    assert caught.value.code == "import.zip_locked"


@pytest.mark.parametrize("bomb", ["[" * 200_000, '{"a":' * 200_000, '[{"mapping":' + "[" * 200_000])
def test_brackets_without_end_are_refused_before_they_eat_the_memory(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "conversations.json"
    path.write_text(bomb)
    with pytest.raises(CogzyError) as caught:
        read_all(path)
    assert caught.value.code in ("import.too_deep", "import.nothing_recognised")


def test_brackets_in_what_was_said_are_fine(tmp_path: Path) -> None:
    path = write_json(tmp_path / "conversations.json", [gpt_plain("g", 3, '[{[ \\" ]' * 3000)])
    assert len(read_all(path).nodes) == 3


def test_a_conversation_that_would_fill_the_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_ITEM", 1 << 20)
    path = write_json(tmp_path / "conversations.json", [gpt_plain("small"), gpt_plain("g", 2, "x" * (2 << 20))])
    with pytest.raises(RefusedError) as caught:
        read_all(path)
    assert caught.value.code == "import.item_too_large"


@pytest.mark.parametrize(
    "content", [{"users.json": CLAUDE_USERS}, {"notes.json": {"a": 1}}, {"conversations.json": []}]
)
def test_nothing_to_recognise_is_an_error_that_names_the_files(tmp_path: Path, content: dict[str, object]) -> None:
    with pytest.raises(UsageError) as caught:
        read_all(write_zip(tmp_path / "e.zip", content))
    assert caught.value.code == "import.nothing_recognised"
    assert next(iter(content)) in str(caught.value.params["files"])


@pytest.mark.parametrize("name", ["missing.zip", "takeout.tgz"])
def test_what_cannot_be_opened_says_what_to_do(tmp_path: Path, name: str) -> None:
    if name.endswith("tgz"):
        (tmp_path / name).write_bytes(b"\x1f\x8b")
    with pytest.raises(UsageError) as caught:
        read_all(tmp_path / name)
    assert caught.value.next_step


def test_a_zip_within_a_zip_is_named(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"conversations.json": EXPORTS["chatgpt"]})
    files = {"conversations.json": EXPORTS["chatgpt"], "more.zip": inner.read_bytes()}
    outer = write_zip(tmp_path / "outer.zip", files)
    assert read_all(outer).noted("import.archive_inside") == {"more.zip": 1}


def test_an_entry_that_leads_outside_is_only_a_name(tmp_path: Path) -> None:
    path = tmp_path / "e.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../../etc/conversations.json", json.dumps(EXPORTS["chatgpt"]))
    assert len(read_all(path).nodes) == 2
    assert sorted(found.name for found in tmp_path.iterdir()) == ["e.zip"]


def test_a_member_reports_what_it_read(tmp_path: Path) -> None:
    path = write_json(tmp_path / "a.json", [1])
    read: list[int] = []
    member = Member(str(path), path.stat().st_size, lambda: path.open("rb"))
    with stream.TextStream(member, Report(), read.append) as text:
        while text.read():
            pass
    assert sum(read) == path.stat().st_size


def test_whoever_is_unknown_a_thousand_times_hides_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for number in range(MOST_FINDINGS + 20):
        (tmp_path / "a" / f"{number}.json").write_text("{}x")
    write_json(tmp_path / "conversations.json", [gpt_tools()])
    found = read_all(tmp_path)
    assert found.noted("import.unknown_content") == {"hologram": 1}
    assert sum(found.noted("import.unknown_file").values()) == MOST_FINDINGS + 20
    assert [one.count for one in found.report.findings if one.name == OTHERS] == [20]


@pytest.mark.parametrize(("asked", "taken"), [("openai", "chatgpt"), ("chatgpt", "chatgpt"), ("claude", "claude")])
def test_an_assistant_may_be_named_by_its_maker_or_itself(tmp_path: Path, asked: str, taken: str) -> None:
    write_json(tmp_path / "gpt.json", [gpt_plain("one")])
    write_json(tmp_path / "claude.json", [claude_plain("two")])
    assert {node["source"] for node in read_all(tmp_path, source=asked).nodes} == {taken}
