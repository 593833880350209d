"""Transcripts of Claude Code: one JSON object a line, appended while a session lives. A file is a conversation.

- What the program wrote in a person's name (command output, reminders, the summary of a compacted session) is no turn.
- Records of helpers (`isSidechain`) are a conversation of their own, named after the session and the helper.
- A resumed session repeats earlier lines: the same uuid is the same message, whichever file it stands in.
- A last line without its end is still being written; it is left for the next time.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import orjson

from core.memory.importers.conversation import ASSISTANT, USER, Conversation, Message
from core.memory.importers.moments import at
from core.memory.importers.opening import Member
from core.memory.importers.pieces import (
    MOST_INPUT,
    MOST_RESULT,
    MOST_THOUGHT,
    Reading,
    as_text,
    joined,
    listed,
    mapping,
    string,
    without_nothing,
    words,
)
from core.memory.importers.stream import TextStream

SOURCE = "claude-code"
_STATE = words(
    """
    file-history-snapshot file-history-delta progress permission-mode mode last-prompt atis-latch bridge-session
    cost-state pr-link tag agent-name agent-color agent-setting content-replacement attribution-snapshot frame-link
    continued-in marble-origami-commit speculation-accept worktree-state artifact-autoreact-ledger
    artifact-comment-monitor relocated started result task-summary
    """
)
_RECORD = words(
    """
    type uuid parentUuid logicalParentUuid sessionId session_id timestamp cwd gitBranch version userType isSidechain
    agentId message toolUseResult toolUseID requestId isMeta isCompactSummary isVisibleInTranscriptOnly
    isApiErrorMessage thinkingMetadata todos slug permissionMode planContent imagePasteIds sourceToolAssistantUUID
    sourceToolUseID entrypoint origin promptId promptSource teamName error mcpMeta attributionSkill
    attributionPlugin attributionMcpServer attributionMcpTool attributionAgent apiErrorStatus errorDetails
    isSnapshotUpdate forkedFrom summarizeMetadata classifierReason queuePriority interruptedMessageId effort speed
    isReplay advisorModel attribution sessionKind advisor_model leafUuid summary uuids usage
    """
)
_OWN = {"isCompactSummary": "summaries", "isApiErrorMessage": "errors", "isMeta": "notes"}
_WRAPPED = re.compile(r"<(command-name|command-message|command-args|bash-input)>(.*?)</\1>", re.DOTALL)
_MACHINE = re.compile(
    r"<(local-command-stdout|local-command-stderr|local-command-caveat|bash-stdout|bash-stderr|task-notification|"
    r"system-reminder|user-memory-input)>|\[Request interrupted by user|Caveat: The messages below were generated"
)
_REMINDER = re.compile(r"<system-reminder>.*?</system-reminder>", re.DOTALL)


def conversations(member: Member, reading: Reading) -> Iterator[Conversation]:
    """The session of one file, and those of the helpers whose records stand in it."""
    session = Session(member.base.removesuffix(".jsonl"), reading)
    with TextStream(member, reading.report, reading.told) as stream:
        for number, line in enumerate(_lines(stream)):
            session.take(line, f"line {number + 1}")
    if stream.is_cut:
        reading.report.note("import.left_out", name="line that is still being written")
    yield from session.conversations()


class Session:
    """Takes the lines of a transcript one after the other."""

    def __init__(self, name: str, reading: Reading) -> None:
        self._name = name
        self._reading = reading
        self._made: dict[str, Conversation] = {}
        self._titles: dict[str, str] = {}
        self._session = ""

    def take(self, line: bytes, place: str) -> None:
        """One line. What is no record is noted."""
        if not line.strip():
            return
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            self._reading.report.note("import.broken_item", name="line", place=place)
            return
        if not isinstance(record, dict):
            self._reading.report.note("import.broken_item", name="line", place=place)
            return
        kind = str(record.get("type"))
        self._session = self._session or string(record.get("sessionId"))
        if kind in ("user", "assistant"):
            self._reading.unknown(record, _RECORD, "record", place)
            self._take_said(record, kind, place)
        elif kind in ("summary", "ai-title", "custom-title"):
            self._titles[kind] = string(record.get("customTitle") or record.get("aiTitle") or record.get("summary"))
        elif kind == "attachment":
            self._take_attachment(record, place)
        elif kind == "queue-operation" or kind == "system" or kind in _STATE:
            self._reading.report.note("import.left_out", name=f"records of type {kind}", place=place)
        else:
            self._reading.report.note("import.unknown_record", name=kind, place=place)

    def conversations(self) -> Iterator[Conversation]:
        """What was taken, as it stands after the last line."""
        title = next(
            (self._titles[kind] for kind in ("custom-title", "ai-title", "summary") if self._titles.get(kind)), ""
        )
        for helper, made in self._made.items():
            made.id = self._session or self._name
            if helper:
                made.id = f"{made.id}/{helper}"
                made.beside["helper"] = helper
            else:
                made.title = title
            yield made

    def _of(self, record: Mapping[str, Any]) -> Conversation:
        helper = ""
        if record.get("isSidechain"):
            helper = f"agent-{string(record.get('agentId')) or 'unnamed'}"
        made = self._made.get(helper)
        if made is None:
            made = self._made[helper] = Conversation(SOURCE, "", own_ids=True)
        cwd = string(record.get("cwd"))
        if cwd and "folder" not in made.beside:
            made.beside["folder"] = cwd
            made.project = (PureWindowsPath(cwd) if "\\" in cwd else PurePosixPath(cwd)).name or None
        if (git_branch := string(record.get("gitBranch"))) and "git_branch" not in made.beside:
            made.beside["git_branch"] = git_branch
        return made

    def _take_said(self, record: Mapping[str, Any], kind: str, place: str) -> None:
        for mark, name in _OWN.items():
            if record.get(mark):
                self._reading.report.note("import.left_out", name=f"{name} that Claude Code wrote itself", place=place)
                return
        said = mapping(record.get("message"))
        message = Message(
            USER if kind == "user" else ASSISTANT, at=at(record.get("timestamp")), id=string(record.get("uuid"))
        )
        texts = []
        content = said.get("content")
        for block in [{"type": "text", "text": content}] if isinstance(content, str) else listed(content):
            texts.append(self._block(message, mapping(block), place))
        message.text = joined(texts)
        if kind == "user":
            message.text = self._typed(message.text, place)
            if not message.text and "tools" in message.beside and "attachments" not in message.beside:
                message.role = ASSISTANT  # what a tool gave back belongs to the answer
        else:
            model = string(said.get("model"))
            message.model = model if model and not model.startswith("<") else None
        if message.says_something:
            self._of(record).messages.append(message)

    def _typed(self, text: str, place: str) -> str:
        """What a person typed: without what the program put round it, and nothing when all of it is the program's."""
        text = _REMINDER.sub("", text).strip()
        parts = dict(_WRAPPED.findall(text))
        if parts:
            name, arguments = parts.get("command-name", ""), parts.get("command-args", "")
            shell = parts.get("bash-input")
            return f"! {shell.strip()}" if shell else f"{name.strip()} {arguments.strip()}".strip()
        if _MACHINE.match(text):
            self._reading.report.note("import.left_out", name="output of commands", place=place)
            return ""
        return text

    def _block(self, message: Message, block: Mapping[str, Any], place: str) -> str:
        kind = str(block.get("type"))
        cut = self._reading.cut
        if kind == "text":
            return string(block.get("text"))
        if kind in ("thinking", "redacted_thinking"):
            if thought := string(block.get("thinking")).strip():
                message.add("thoughts", cut(thought, MOST_THOUGHT, "thoughts"))
        elif kind.endswith("tool_use"):
            told = cut(as_text(block.get("input")), MOST_INPUT, "tool inputs")
            message.add("tools", {"name": string(block.get("name")), "input": told})
        elif kind.endswith("tool_result"):
            result = {"result": cut(_result(block.get("content")), MOST_RESULT, "tool results")}
            message.add("tools", {**result, "error": True} if block.get("is_error") else result)
        elif kind in ("image", "document"):
            source = mapping(block.get("source"))
            message.add(
                "attachments",
                without_nothing({"kind": kind, "type": source.get("media_type"), "name": block.get("title")}),
            )
        else:
            self._reading.report.note("import.unknown_content", name=kind, place=place)
            return string(block.get("text"))
        return ""

    def _take_attachment(self, record: Mapping[str, Any], place: str) -> None:
        """A prompt that was typed while an answer was under way is one; other attachments are the program's own."""
        found = mapping(record.get("attachment"))
        kind = str(found.get("type"))
        if kind == "queued_command" and found.get("commandMode") in (None, "prompt"):
            text = self._typed(as_text(found.get("prompt")), place)
            if text:
                message = Message(USER, text, at(record.get("timestamp")), string(record.get("uuid")))
                self._of(record).messages.append(message)
            return
        self._reading.report.note("import.left_out", name=f"attachments of type {kind}", place=place)


def _result(content: Any) -> str:
    if not isinstance(content, list):
        return as_text(content)
    blocks = map(mapping, content)
    return "\n".join(string(block.get("text")) or f"[{block.get('type')}]" for block in blocks)


def _lines(stream: TextStream) -> Iterator[bytes]:
    """The whole lines of a file."""
    rest: list[bytes] = []
    while block := stream.read():
        *lines, last = block.split(b"\n")
        if lines:
            yield b"".join([*rest, lines[0]])
            yield from lines[1:]
            rest = []
            stream.item_done()
        rest.append(last)
    line = b"".join(rest).strip()
    if line.endswith(b"}"):
        with contextlib.suppress(orjson.JSONDecodeError):
            orjson.loads(line)
            yield line
            return
    stream.is_cut = bool(line)
