"""A conversation as every importer gives it, and the turns in it.

A turn is what a person wrote and what was answered, up to the next thing the person wrote. Where a conversation
branches (an edited prompt, an answer made again) every branch keeps its turns; those that the person did not end with
carry a `branch`.

A turn's key stays the same while its conversation grows and whichever branch is the current one: the id of its first
message, and of every later one at which another branch of the same turn begins.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

USER, ASSISTANT, NOBODY = "user", "assistant", ""
LISTS = ("attachments", "tools", "thoughts", "sources")
"""What may stand beside a text: a node gathers these from its messages."""


@dataclass(slots=True)
class Message:
    """Something that was said; `role` NOBODY: a link between others that says nothing. `at`: UNIX seconds."""

    role: str
    text: str = ""
    at: float | None = None
    id: str = ""
    parent: str | None = None
    model: str | None = None
    beside: dict[str, list[Any]] = field(default_factory=dict)

    def add(self, name: str, value: Any) -> None:
        """Put something beside the text, under one of LISTS."""
        self.beside.setdefault(name, []).append(value)

    @property
    def says_something(self) -> bool:
        """Whether there is anything in it."""
        return bool(self.text or self.beside)


@dataclass(slots=True)
class Conversation:
    """Messages in order; with `is_tree` their `parent`s say what follows what, and `current` which leaf was the last.

    `own_ids`: its message ids are unique beyond this conversation, and what has the same one is the same message.
    """

    source: str
    id: str
    title: str = ""
    at: float | None = None
    updated: float | None = None
    messages: list[Message] = field(default_factory=list)
    is_tree: bool = False
    current: str | None = None
    own_ids: bool = False
    project: str | None = None
    beside: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Turn:
    """Messages of one turn. `index`: how many turns came before it on its branch."""

    index: int
    branch: str
    key: str = ""
    messages: list[Message] = field(default_factory=list)

    @property
    def answered(self) -> bool:
        """Whether anything but the person's words stands in it."""
        return any(message.role == ASSISTANT for message in self.messages)


def turns_of(conversation: Conversation) -> tuple[list[Turn], list[Message]]:
    """All turns, those of the current branch first, and the messages of the current branch."""
    name_messages(conversation.messages)
    if conversation.is_tree:
        turns, current = _Tree(conversation).turns()
    else:
        turns, current = _linear(conversation.messages), conversation.messages
    return turns, [message for message in current if message.role != NOBODY]


def name_messages(messages: list[Message]) -> None:
    """Give an id to those that have none, or one that was there before."""
    seen: set[str] = set()
    for position, message in enumerate(messages):
        name = message.id or f"#{position}"
        while name in seen:
            name = f"{name}#{position}"
        seen.add(name)
        message.id = name


def _linear(messages: list[Message]) -> list[Turn]:
    turns: list[Turn] = []
    for message in messages:
        if message.role == NOBODY:
            continue
        if not turns or (message.role == USER and turns[-1].answered):
            turns.append(Turn(len(turns), "", message.id))
        turns[-1].messages.append(message)
    return turns


class _Tree:
    """Turns of a tree of messages. Damaged trees lose nothing: missing parents make roots, circles are cut."""

    def __init__(self, conversation: Conversation) -> None:
        self._by_id = {message.id: message for message in conversation.messages}
        self._current = conversation.current
        self._children: dict[str, list[Message]] = {}
        for message in conversation.messages:
            if message.parent in self._by_id and message.parent != message.id:
                self._children.setdefault(message.parent or "", []).append(message)
        for siblings in self._children.values():
            siblings.sort(key=lambda one: math.inf if one.at is None else one.at)
        self._place: dict[str, tuple[Turn, int] | None] = {}
        """Of each message that was gone over: its turn, and how many messages of it came up to here."""

    def turns(self) -> tuple[list[Turn], list[Message]]:
        found: list[Turn] = []
        current: list[Message] = []
        for leaf in self._leaves():
            way = self._way_to(leaf)
            if not way:
                continue
            branch = "" if not self._place and not found else way[0].id
            found += self._along(way, branch)
            current = current or way
        keys: set[str] = set()
        for turn in found:
            if turn.key in keys:  # in a circle a turn can end where it began
                turn.key += f"~{turn.messages[-1].id}"
            keys.add(turn.key)
        return found, current

    def _leaves(self) -> Iterator[Message]:
        last = self._by_id.get(self._current or "")
        seen: set[str] = set()
        while last is not None and last.id in self._children and last.id not in seen:
            seen.add(last.id)
            last = self._children[last.id][-1]
        if last is None:
            leaves = [one for one in self._by_id.values() if one.id not in self._children]
            last = max(leaves, key=lambda one: -math.inf if one.at is None else one.at, default=None)
        if last is not None:
            yield last
        yield from (one for one in self._by_id.values() if one.id not in self._children)
        yield from self._by_id.values()  # what stands in a circle has no leaf

    def _way_to(self, leaf: Message) -> list[Message]:
        """The messages that lead to `leaf` and were not gone over yet, first to last."""
        way: list[Message] = []
        here: Message | None = leaf
        seen: set[str] = set()
        while here is not None and here.id not in self._place and here.id not in seen:
            seen.add(here.id)
            way.append(here)
            here = self._by_id.get(here.parent or "")
        return way[::-1]

    def _along(self, way: list[Message], branch: str) -> list[Turn]:
        found: list[Turn] = []
        before = self._place.get(way[0].parent or "")
        turn, forked = None, False
        if before is not None:
            shared, count = before
            turn = Turn(shared.index, branch, messages=shared.messages[:count])
            turn.key = self._key(turn)
        for message in way:
            forked = forked or self._is_fork(message)
            if message.role == NOBODY:
                self._place[message.id] = (turn, len(turn.messages)) if turn is not None else None
                continue
            if turn is None or (message.role == USER and turn.answered):
                turn = Turn(turn.index + 1 if turn is not None else 0, branch, message.id)
                found.append(turn)
            else:
                if not found:
                    found.append(turn)
                if forked:
                    turn.key += f"+{message.id}"
            forked = False
            turn.messages.append(message)
            self._place[message.id] = (turn, len(turn.messages))
        return found

    def _key(self, turn: Turn) -> str:
        first, *others = turn.messages
        return "+".join([first.id, *(one.id for one in others if self._is_fork(one))])

    def _is_fork(self, message: Message) -> bool:
        """Whether a turn that goes on with `message` is another one than the turn its parent would have without it."""
        siblings = self._children.get(message.parent or "", [message])
        return siblings[0] is not message or any(one.role != ASSISTANT for one in siblings[1:])
