"""Gemini in a Google Takeout: `My Activity/Gemini Apps/MyActivity.json`, a log of prompts with their answers.

Newer logs name the conversation of a prompt by its address; where they do not, the prompts of one day (UTC) are a
conversation: a rule that gives the same conversations however often the log is taken. A log is newest first, so its
prompts are sorted on the disk before conversations come out of it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from core.memory.importers.conversation import ASSISTANT, USER, Conversation, Message
from core.memory.importers.html_text import to_text
from core.memory.importers.json_items import items
from core.memory.importers.moments import at, written
from core.memory.importers.opening import Member
from core.memory.importers.pieces import Reading, as_text, joined, listed, mapping, string, without_nothing, words
from core.memory.importers.places import path_of

_KNOWN = words(
    """
    header title titleUrl time products activityControls safeHtmlItem subtitles attachedFiles imageFile audioFiles
    details userInteractions description locationInfos
    """
)
_PRODUCT = re.compile(r"gemini|bard|ai mode", re.IGNORECASE)
_ADDRESS = re.compile(r"gemini\.google\.com/(?:u/\d+/)?(?:app|gem/[^/]+)/(?:c/)?([0-9A-Za-z_-]{6,})")
_PROMPT = re.compile(
    r"(?:prompted with|prompted|asked gemini|asked bard|asked|said|branched|answered|searched for|"
    r"eingegebener prompt|angefordert|solicitado|solicitud|requête|demandé|richiesta|запит|запрос|入力|프롬프트)"
    r"\s*:?\s+",
    re.IGNORECASE,
)
_NOT_SAID = re.compile(
    r"(used|created|gave feedback|selected|shared|deleted|viewed|visited|edited|pinned|renamed|exported|updated|"
    r"added)\b",
    re.IGNORECASE,
)
_ATTACHED = re.compile(r"\s*Attached \d+ files?\.?\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """One record of a log. `conversation`: its id, when the log says it."""

    time: float | None
    conversation: str
    prompt: str
    answer: str
    beside: dict[str, list[Any]]


def conversations(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The conversations of one log."""
    yield from grouped(_prompts(member, reading))


def workspace(member: Member, reading: Reading) -> Iterator[Conversation]:
    """`Gemini in Workspace/Conversation History/conversation_….txt`: one conversation, in JSON."""
    for found in items(member, "", reading.report, reading.told):
        name = member.base.removeprefix("conversation_").rsplit(".", 1)[0]
        made = Conversation("gemini", f"workspace-{name}", string(mapping(found).get("title")))
        made.at, made.updated = (
            at(mapping(found).get("creation_time")),
            at(mapping(found).get("last_modification_time")),
        )
        for position, one in enumerate(listed(mapping(found).get("conversation_turns"))):
            user, system = mapping(mapping(one).get("user_turn")), mapping(mapping(one).get("system_turn"))
            if not user and not system:
                reading.report.note(
                    "import.unknown_content", name=", ".join(mapping(one)), place=f"turn {position + 1}"
                )
                continue
            when = at((user or system).get("turn_last_modified"))
            if user:
                made.messages.append(Message(USER, string(user.get("prompt")), when))
            else:
                said = [
                    joined([part.get("preamble"), part.get("data")])
                    for part in map(mapping, listed(system.get("text")))
                ]
                made.messages.append(Message(ASSISTANT, joined(said), when))
        yield made


def grouped(prompts: Iterable[Prompt]) -> Iterator[Conversation]:
    """Conversations out of prompts in any order."""
    database = sqlite3.connect("", isolation_level=None, check_same_thread=False)  # a file that nobody else sees
    try:
        database.execute("PRAGMA journal_mode=OFF")
        database.execute("BEGIN")
        database.execute("CREATE TABLE prompt (conversation TEXT, time REAL, content BLOB)")
        for one in prompts:
            name = one.conversation or f"gemini-{written(one.time)[:10] if one.time is not None else 'undated'}"
            content = orjson.dumps([one.prompt, one.answer, one.beside])
            database.execute("INSERT INTO prompt VALUES (?, ?, ?)", (name, one.time, content))
        rows = database.execute("SELECT * FROM prompt ORDER BY conversation, time, content")
        for name, group in groupby(rows, key=lambda row: row[0]):
            yield _conversation(str(name), [(row[1], *orjson.loads(row[2])) for row in group])
    finally:
        database.close()


def split_title(title: str, has_answer: bool, reading: Reading, place: str) -> str | None:
    """What a person asked, out of a record's title; None when the record is of something else."""
    text = " ".join(title.replace("\xa0", " ").split(" ")).strip()
    if (found := _PROMPT.match(text)) is not None:
        return _ATTACHED.sub("", text[found.end() :]).strip()
    if (other := _NOT_SAID.match(text)) is not None or not has_answer:
        reading.report.note("import.left_out", name=f"Gemini: {other[1] if other else 'no prompt'}", place=place)
        return None
    return _ATTACHED.sub("", text).strip()  # in a language whose words for it are not known


def _conversation(name: str, found: list[tuple[Any, ...]]) -> Conversation:
    made = Conversation("gemini", name)
    for position, (time, prompt, answer, beside) in enumerate(found):
        key = f"{time}" if time is not None else f"undated {position}"
        made.messages.append(Message(USER, prompt, time, key, beside=beside))
        made.messages.append(Message(ASSISTANT, answer, time, f"{key} answer"))  # an empty one ends the turn, too
    if name.startswith("gemini-"):
        made.title = f"Gemini, {name.removeprefix('gemini-')}"
    return made


def _prompts(member: Member, reading: Reading) -> Iterator[Prompt]:
    for position, found in enumerate(items(member, path_of(member, reading.report), reading.report, reading.told)):
        place = f"record {position + 1}"
        if not isinstance(found, Mapping):
            reading.report.note("import.broken_item", name="record", place=place)
            continue
        named = [found.get("header"), *listed(found.get("products"))]
        if not any(isinstance(one, str) and _PRODUCT.search(one) for one in named):
            reading.report.note("import.left_out", name=f"activity of {found.get('header')}", place=place)
            continue
        made = _prompt(found, reading, place)
        if made is not None:
            yield made


def _prompt(found: Mapping[str, Any], reading: Reading, place: str) -> Prompt | None:
    reading.unknown(found, _KNOWN, "record", place)
    asked: list[str] = []
    answers: list[str] = []
    beside: dict[str, list[Any]] = {}
    for one in listed(found.get("safeHtmlItem")):
        answers.append(to_text(string(mapping(one).get("html"))))
    for one in map(mapping, listed(found.get("details"))):
        name, value = string(one.get("name")), one.get("value")
        if value is not None:
            (answers if name == "Response" else asked).append(as_text(value))
    for one in listed(found.get("userInteractions")):
        said = mapping(mapping(one).get("userInteraction"))
        asked.append(as_text(said.get("request")))
        answers.append(to_text(as_text(said.get("response"))))
    answer = joined(answers)
    prompt = joined(asked) or split_title(string(found.get("title")), bool(answer), reading, place)
    if prompt is None:
        return None
    _take_beside(beside, found)
    return Prompt(at(found.get("time")), _conversation_of(found), prompt, answer, beside)


def _take_beside(beside: dict[str, list[Any]], found: Mapping[str, Any]) -> None:
    files = [one if isinstance(one, str) else mapping(one).get("name") for one in listed(found.get("attachedFiles"))]
    files += [found.get("imageFile")] if found.get("imageFile") not in files else []
    for one in map(mapping, listed(found.get("subtitles"))):
        name, url = string(one.get("name")), string(one.get("url"))
        if url.startswith(("http://", "https://")) or (name and not url and not name.startswith("Attached ")):
            beside.setdefault("sources", []).append(without_nothing({"title": name, "url": url}))
        elif url and url not in files:
            files.append(url)
    kept = [{"kind": "file", "name": file} for file in files if file]
    if kept:
        beside["attachments"] = kept


def _conversation_of(found: Mapping[str, Any]) -> str:
    """The id that the record's addresses name, when they name one."""
    addresses = [string(found.get("titleUrl"))]
    addresses += [
        string(one.get("url")) or string(one.get("name")) for one in map(mapping, listed(found.get("details")))
    ]
    names = {match[1] for address in addresses if (match := _ADDRESS.search(address))}
    return names.pop() if len(names) == 1 else ""
