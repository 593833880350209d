"""Likely secrets: what counts as one, what does not, where they are looked for, and that none is ever shown whole."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import UsageError
from core.expressions import compiled
from core.sources import secret_text
from core.sources.secret_screen import ROUGH, ROUGH_SHAPES, SHAPES, may_hold
from core.sources.secret_text import context_of, find_secrets
from core.sync.events import DecideSecrets, FindSecrets, ListVaults, PreviewUpload, RedactSecrets, Sync
from core.sync.secrets.memory import NAME, decide
from tests.sync.world import Computer, objects

AWS = "AKIAQWERTYUIOPASDF12"
ANTHROPIC = "sk-ant-api03-" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7" * 3
GITHUB = "ghp_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
PRIVATE_KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nIBAAK\n-----END RSA PRIVATE KEY-----"
PASSWORD = "s3cr3tPa55w0rt"

SECRETS = [
    ("aws_key", f"the key is {AWS}, do not share it", AWS),
    ("anthropic_key", f'{{\\"text\\":\\"{ANTHROPIC}\\"}}', ANTHROPIC),
    ("github_token", f"git clone https://{GITHUB}@github.com/ada/notes", GITHUB),
    ("json_web_token", f"Authorization: Bearer {JWT}", JWT),
    ("private_key", f"here:\n{PRIVATE_KEY}\nthanks", PRIVATE_KEY),
    ("password_in_url", f"postgres://ada:{PASSWORD}@db.internal/notes", PASSWORD),
    ("assigned", f'db_password = "{PASSWORD}"', PASSWORD),
    ("assigned", "API_KEY=9f8a7b6c5d4e3f2a1b0c\\nOTHER=1", "9f8a7b6c5d4e3f2a1b0c"),
    ("assigned", '{\\"api_key\\": \\"9f8a7b6c5d4e3f2a1b0c\\"}', "9f8a7b6c5d4e3f2a1b0c"),
]
HARMLESS = [
    '"cache_creation_input_tokens":1234567890',
    "password = get_password1('db')",
    "token = os.environ['TOKEN1']",
    "secret: 5f0c1c5e-1111-4222-8333-944444444444",
    'password: "changeme123"',
    "postgres://ada:${PASSWORD1}@db/notes",
    "AKIAIOSFODNN7EXAMPLE",
    "the token bucket algorithm, the secret of success, api_key=<your-key>",
    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    'password = "${{ secrets.DB_PASSWORD_1 }}"',
]


@pytest.mark.parametrize(("kind", "text", "value"), SECRETS)
def test_a_secret_is_found_where_it_stands(kind: str, text: str, value: str) -> None:
    (match,) = find_secrets(text)
    assert (match.kind, match.value, text[match.start : match.end]) == (kind, value, value)


@pytest.mark.parametrize("text", HARMLESS)
def test_names_references_and_examples_are_no_secrets(text: str) -> None:
    assert find_secrets(text) == []


@pytest.mark.parametrize(("kind", "text", "value"), SECRETS)
def test_what_is_shown_of_a_secret_is_not_the_secret(kind: str, text: str, value: str) -> None:
    matches = find_secrets(text)
    for shown in (matches[0].masked, context_of(text, matches[0], matches), repr(matches)):
        assert value not in shown
        assert value[5:] not in shown
        assert kind == matches[0].kind


def test_a_hundred_megabytes_take_tens_of_seconds_at_most() -> None:
    line = json.dumps({"uuid": "3f2a" * 8, "text": "the token and the password of the api key, " * 40, "n": 1}) + "\n"
    text = line * (4_000_000 // len(line))
    find_secrets("warm")
    started = time.process_time()
    assert find_secrets(text) == []
    assert (time.process_time() - started) / len(text) * 100e6 < 60


@pytest.fixture
def computer(tmp_path: Path) -> Iterator[Computer]:
    made = Computer(tmp_path / "laptop", tmp_path / "cloud")
    made.fill()
    yield made
    asyncio.run(made.close())


def plant(computer: Computer) -> None:
    """A secret of its own in every kind of memory."""
    service = computer.service()
    nodes = service.read_nodes()
    nodes[3]["human_content"] = f"my key is {AWS} I think"
    nodes[5]["assistant_content"] = f"again {AWS}"
    service.write_nodes(nodes)
    with (computer.transcripts / "one" / "session.jsonl").open("a") as file:
        file.write(json.dumps({"text": f"export GITHUB_TOKEN={GITHUB}"}) + "\n")
    computer.sql(f"UPDATE conversations_v2 SET content = 'see {ANTHROPIC}' WHERE id = 'c7'")
    computer.add_note(f"postgres://ada:{PASSWORD}@db.internal/notes")


def places(found: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    return {
        one["kind"]: [(place["part"], place["path"], place["place"]) for place in one["places"]]
        for one in found["secrets"]
    }


@pytest.mark.asyncio
async def test_every_kind_of_memory_is_searched_and_the_place_is_told(computer: Computer) -> None:
    plant(computer)
    found = await computer.run(FindSecrets())
    assert places(found) == {
        "aws_key": [
            ("vault", "corpus/nodes.json", "n3 · human_content"),
            ("vault", "corpus/nodes.json", "n5 · assistant_content"),
        ],
        "github_token": [("claude-code", "one/session.jsonl", "41")],
        "anthropic_key": [("session-buddy-reflection", "main.conversations_v2", "c7 · content")],
        "password_in_url": [("notes", "note", "2 · text")],
    }
    assert [one["kind"] for one in found["secrets"] if one["redactable"]] == ["aws_key"]
    assert found["problems"] == []
    assert list((computer.vault / "sync").glob("preview-*")) == []


@pytest.mark.asyncio
async def test_no_secret_leaves_the_search_in_clear(computer: Computer, caplog: pytest.LogCaptureFixture) -> None:
    plant(computer)
    found = await computer.run(FindSecrets())
    told = json.dumps(found) + repr(computer.events) + caplog.text
    kept = b"".join(path.read_bytes() for path in (computer.vault / "sync").glob(f"{Path(NAME).name}*"))
    for secret in (AWS, GITHUB, ANTHROPIC, PASSWORD):
        assert secret not in told
        assert secret.encode() not in kept
    assert found["count"] == 4


def test_the_screen_has_every_expression_as_re2_writes_it() -> None:
    found = []
    for shape in secret_text._shapes():
        pattern = re.sub(r"\{(\d+),\d{4,}\}", r"{\1,}", shape.expression.pattern.replace(r"(?!\w)", ""))
        found.append(f"(?i:{pattern})" if shape.expression.flags & re.IGNORECASE else f"(?:{pattern})")
    assert set(SHAPES) == set(found)


@pytest.mark.parametrize("shape", ROUGH_SHAPES)
@settings(max_examples=20)
@given(data=st.data())
def test_the_rough_screen_leaves_out_nothing_that_the_screen_finds(shape: str, data: st.DataObject) -> None:
    assert shape in SHAPES
    text = "a " + data.draw(st.from_regex(re.compile(shape, re.ASCII), fullmatch=True)) + " b"
    assert compiled(ROUGH).search(text)
    assert may_hold(text.encode())


def test_what_the_screen_leaves_out_has_no_secret() -> None:
    chance = random.Random(5)
    parts = [
        *(text for _, text, _ in SECRETS),
        *HARMLESS,
        *(
            "password",
            "token => ",
            "'abcdefgh1234'",
            " ",
            "\n",
            "\\n",
            "\t",
            "é",
            "\U0001f600 text",
            "\ud800",
            "A" * 40,
            "x" * 3000,
        ),
        *(
            "words and ",
            "ü" * 300,
            "eyJ",
            "sk-",
            "://",
            ":AA",
            "Passwordüber = 'Zx9kq77Lm2'",
            f"aws_key='{'aB3' * 13}x'",
        ),
    ]
    for _ in range(300):
        text = "".join(chance.choice(parts) for _ in range(chance.randint(1, 25)))
        whole = secret_text._apart(secret_text._search(text, 0, len(text)))
        assert find_secrets(text) == whole


@pytest.mark.asyncio
async def test_a_secret_on_a_line_without_end_is_found_wherever_it_is_cut(computer: Computer) -> None:
    with (computer.transcripts / "one" / "session.jsonl").open("a") as file:
        file.write("word " * (((1 << 20) - 40) // 5) + f"see {GITHUB} there")
        file.write(" word" * 300_000)
    found = await computer.run(FindSecrets())
    assert places(found) == {"github_token": [("claude-code", "one/session.jsonl", "41")]}


@pytest.mark.parametrize("written", [AWS, "\\u0041KIAQWERTYUIOPASDF12"])
@pytest.mark.asyncio
async def test_a_corpus_is_searched_however_its_json_is_written(computer: Computer, written: str) -> None:
    path = computer.vault / "corpus" / "nodes.json"
    path.write_bytes(path.read_bytes().replace(b"question 3", f"key {written} of 3".encode()))
    assert AWS in json.dumps(json.loads(path.read_bytes()))
    assert [one["kind"] for one in (await computer.run(FindSecrets()))["secrets"]] == ["aws_key"]


@pytest.mark.asyncio
async def test_what_was_read_once_is_not_read_again(computer: Computer) -> None:
    plant(computer)
    first = await computer.run(FindSecrets())
    again = await computer.run(FindSecrets())
    assert again["bytes_read"] == 0
    assert places(again) == places(first)
    computer.say("one/session.jsonl", 1)
    with (computer.transcripts / "one" / "session.jsonl").open("a") as file:
        file.write(f'{{"text": "{JWT}"}}\n')
    grown = await computer.run(FindSecrets())
    assert 0 < grown["bytes_read"] < 2000
    assert places(grown)["json_web_token"] == [("claude-code", "one/session.jsonl", "43")]
    assert places(grown)["github_token"] == places(first)["github_token"]


@pytest.mark.asyncio
async def test_a_file_that_was_written_anew_is_read_whole(computer: Computer) -> None:
    path = computer.transcripts / "one" / "session.jsonl"
    await computer.run(FindSecrets())
    path.write_text(f"{JWT}\n" + path.read_text())
    assert places(await computer.run(FindSecrets())) == {"json_web_token": [("claude-code", "one/session.jsonl", "1")]}


@pytest.mark.asyncio
async def test_a_line_that_was_half_written_is_told_once(computer: Computer) -> None:
    path = computer.transcripts / "one" / "session.jsonl"
    with path.open("a") as file:
        file.write(f'{{"text": "{GITHUB} ')
    await computer.run(FindSecrets())
    with path.open("a") as file:
        file.write('and more"}\n')
    found = await computer.run(FindSecrets())
    assert places(found) == {"github_token": [("claude-code", "one/session.jsonl", "41")]}


@pytest.mark.asyncio
async def test_what_the_bucket_has_is_not_looked_at_again(computer: Computer) -> None:
    plant(computer)
    await computer.run(DecideSecrets([one["id"] for one in (await computer.run(FindSecrets()))["secrets"]]))
    await computer.sync()
    found = await computer.run(FindSecrets())
    assert (found["bytes_total"], found["secrets"]) == (0, [])


@pytest.mark.asyncio
async def test_a_decision_is_remembered_and_can_be_taken_back(computer: Computer) -> None:
    plant(computer)
    found = await computer.run(FindSecrets())
    chosen = found["secrets"][0]["id"]
    decide(computer.vault, [chosen], "send")
    decided = await computer.run(FindSecrets())
    assert {one["id"]: one["decision"] for one in decided["secrets"]}[chosen] == "send"
    assert decided["undecided"] == found["undecided"] - 1
    decide(computer.vault, [chosen], None)
    assert (await computer.run(FindSecrets()))["undecided"] == found["undecided"]


@pytest.mark.asyncio
async def test_sources_that_are_off_or_excluded_are_not_searched(computer: Computer) -> None:
    plant(computer)
    computer.environ |= {"COGZY_SOURCES_EXCLUDE": "/one", "COGZY_SOURCES_SESSION_BUDDY": "false"}
    assert set(places(await computer.run(FindSecrets()))) == {"aws_key", "password_in_url"}


@pytest.mark.asyncio
async def test_a_search_that_nobody_waits_for_ends_and_leaves_nothing(computer: Computer) -> None:
    searching = asyncio.create_task(computer.run(FindSecrets()))
    await asyncio.sleep(0.05)
    searching.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await searching
    assert list((computer.vault / "sync").glob("preview-*")) == []
    assert (await computer.run(FindSecrets()))["problems"] == []


@pytest.mark.asyncio
async def test_redacting_changes_the_vault_alone_and_keeps_the_rest(computer: Computer) -> None:
    plant(computer)
    before = computer.service()
    nodes, vectors = before.read_nodes(), before.read_node_embeddings().copy()
    transcript = (computer.transcripts / "one" / "session.jsonl").read_bytes()
    found = await computer.run(FindSecrets())
    done = await computer.run(RedactSecrets([one["id"] for one in found["secrets"]]))
    assert done == {"records": 2, "secrets": 2}
    after = computer.service().read_nodes()
    assert after[3]["human_content"] == "my key is [aws_key removed] I think"
    assert [node for at, node in enumerate(after) if at not in (3, 5)] == [
        node for at, node in enumerate(nodes) if at not in (3, 5)
    ]
    assert computer.service().read_node_embeddings().shape == vectors.shape
    assert (computer.transcripts / "one" / "session.jsonl").read_bytes() == transcript
    assert "aws_key" not in places(await computer.run(FindSecrets()))


@pytest.mark.asyncio
async def test_redacting_what_stands_elsewhere_alone_is_refused(computer: Computer) -> None:
    plant(computer)
    found = await computer.run(FindSecrets())
    elsewhere = [one["id"] for one in found["secrets"] if not one["redactable"]]
    with pytest.raises(UsageError, match=r"preview\.nothing_to_redact|nothing to take out"):
        await computer.run(RedactSecrets(elsewhere))


@pytest.mark.asyncio
async def test_the_preview_tells_every_part_with_its_files_and_first_lines(computer: Computer) -> None:
    seen = await computer.run(PreviewUpload())
    parts = {part["name"]: part for part in seen["parts"]}
    assert set(parts) == {"vault", "session-buddy-reflection", "session-buddy-knowledge-graph", "claude-code", "notes"}
    assert [project["name"] for project in parts["claude-code"]["projects"]] == ["one", "two"]
    assert parts["claude-code"]["files"] == 2
    assert seen["new_size"] == seen["size"] > 0
    files = await computer.run(PreviewUpload("claude-code"))
    assert {file["path"] for file in files["files"]} == {"one/session.jsonl", "two/session.jsonl"}
    lines = await computer.run(PreviewUpload("claude-code", "one/session.jsonl"))
    assert lines["text"].startswith('{"session": "one/session.jsonl"')
    rows = await computer.run(PreviewUpload("session-buddy-reflection", "reflection.duckdb"))
    assert '"content": "text 0"' in rows["text"]
    notes = await computer.run(PreviewUpload("notes", "notes.db"))
    assert '"text": "first"' in notes["text"]
    await computer.run(Sync())
    assert (await computer.run(PreviewUpload()))["new_size"] == 0


@pytest.mark.asyncio
@pytest.mark.parametrize("path", ["../../state/install.json", "one/none.jsonl", "/etc/passwd"])
async def test_the_preview_opens_nothing_that_would_not_go_up(computer: Computer, path: str) -> None:
    for part in ("vault", "claude-code"):
        with pytest.raises(UsageError):
            await computer.run(PreviewUpload(part, path))


@pytest.mark.asyncio
async def test_looking_beforehand_sends_nothing_and_makes_no_identity(tmp_path: Path) -> None:
    computer = Computer(tmp_path / "laptop", tmp_path / "cloud")
    computer.add_note("first")
    await computer.run(PreviewUpload())
    await computer.run(FindSecrets())
    assert (await computer.run(ListVaults())) == {"vaults": [], "unreadable": 0}
    assert objects(computer.cloud) == {}
    assert not (computer.vault / "config.json").exists()
    await computer.close()


@pytest.mark.asyncio
async def test_the_vaults_at_a_place_are_told_by_whoever_asks(computer: Computer, tmp_path: Path) -> None:
    await computer.sync()
    other = Computer(tmp_path / "desktop", computer.cloud, name="desktop")
    (vault,) = (await other.run(ListVaults()))["vaults"]
    assert (vault["own"], vault["encrypted"], vault["systems"]) == (False, False, ("laptop-a1b2",))
    assert vault["conversations"] == 200
    assert vault["upload_id"] == computer.head().head
    (own,) = (await computer.run(ListVaults()))["vaults"]
    assert own["own"]
    await other.close()


def test_a_damaged_memory_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no database at all, but long enough to be taken for one" * 100)
    decide(tmp_path, ["a"], "send")
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT action FROM decision").fetchall() == [("send",)]
