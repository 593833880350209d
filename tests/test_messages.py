"""Every code that the program raises or reports has its sentences, and they ask for nothing that is not given."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

import core
from core.errors import CogzyError
from core.messages import catalog

_ROOT = Path(core.__file__).parent
_COMPLETED_BY_THEIR_CALLER = {"pieces.tampered"}  # a sealer knows the piece alone; core.sync.codec says which pack


@dataclass(frozen=True)
class Raised:
    """A place in the code that names a code. `params` is None where they cannot be seen from there."""

    code: str
    params: frozenset[str] | None
    where: str


def _error_names() -> frozenset[str]:
    for module in pkgutil.walk_packages(core.__path__, "core."):
        importlib.import_module(module.name)

    def below(kind: type[CogzyError]) -> Iterator[type[CogzyError]]:
        yield kind
        for inner in kind.__subclasses__():
            yield from below(inner)

    takes_a_code = {
        kind.__name__
        for kind in below(CogzyError)
        if next(iter(inspect.signature(kind).parameters), "") == "code"
        and not kind.__name__.startswith("_")  # caught in its own module, never shown
    }
    return frozenset(takes_a_code)


@cache
def _raised() -> tuple[Raised, ...]:
    errors = _error_names()
    found: list[Raised] = []
    for path in sorted(_ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                found += _named_by(node, errors, f"{path.relative_to(_ROOT.parent)}:{node.lineno}")
    return tuple(found)


def _named_by(call: ast.Call, errors: frozenset[str], where: str) -> Iterator[Raised]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in errors and call.args:
        given = {keyword.arg for keyword in call.keywords}
        params = None if None in given or len(call.args) > 2 else frozenset(filter(None, given)) - {"state"}
        yield from _each(call.args[0], params, where)
    elif name == "Notice":
        yield from _each(_argument(call, 0, "code"), _dict_keys(_argument(call, 1, "params")), where)
    elif name == "SettingProblem":
        params = _dict_keys(_argument(call, 2, "params"))
        yield from _each(_argument(call, 1, "code"), None if params is None else params | {"field"}, where)


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _dict_keys(node: ast.expr | None) -> frozenset[str] | None:
    if node is None:
        return frozenset()
    if isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys):
        return frozenset(str(key.value) for key in node.keys if isinstance(key, ast.Constant))
    return None


def _each(code: ast.expr | None, params: frozenset[str] | None, where: str) -> Iterator[Raised]:
    """A literal code, or both of `"a" if x else "b"`. One that is computed is looked for where it is made."""
    if isinstance(code, ast.Constant) and isinstance(code.value, str):
        yield Raised(code.value, params, where)
    elif isinstance(code, ast.IfExp):
        yield from _each(code.body, params, where)
        yield from _each(code.orelse, params, where)


def _blanks(code: str) -> set[str]:
    return {
        name.split(".")[0].split("[")[0]
        for sentence in catalog()[code]
        for _, name, _, _ in string.Formatter().parse(sentence)
        if name
    }


def test_the_search_finds_what_is_known_to_be_there() -> None:
    codes = {raised.code for raised in _raised()}
    assert {"files.disk_full", "settings.file_kept", "settings.bucket_name", "credentials.locked"} <= codes
    assert len(codes) > 60


def test_every_code_has_its_sentences() -> None:
    missing = sorted({f"{raised.code}  ({raised.where})" for raised in _raised() if raised.code not in catalog()})
    assert missing == []


def test_every_entry_is_for_a_code_that_somebody_uses() -> None:
    source = "".join(path.read_text("utf-8") for path in _ROOT.rglob("*.py") if path.parent.name != "messages")
    assert [code for code in catalog() if f'"{code}"' not in source] == []


def test_no_sentence_asks_for_what_is_not_given() -> None:
    unfilled = [
        f"{raised.code} asks for {sorted(_blanks(raised.code) - raised.params)}  ({raised.where})"
        for raised in _raised()
        if raised.params is not None
        and raised.code in catalog()
        and raised.code not in _COMPLETED_BY_THEIR_CALLER
        and not _blanks(raised.code) <= raised.params
    ]
    assert unfilled == []


@pytest.mark.parametrize("code", sorted(catalog()))
def test_each_entry_is_whole_and_says_what_to_do(code: str) -> None:
    title, cause, next_step = catalog()[code]
    room = code.split(".")[0]
    assert room.islower()
    assert "." in code
    assert title.strip()
    assert not title.endswith("."), "a title is no sentence with a full stop"
    assert next_step.strip(), "an error without a next step leaves a person alone"
    for sentence in (title, cause, next_step):
        assert sentence == sentence.strip()
        assert "{}" not in sentence
        assert not any(word in sentence for word in ("Traceback", "Exception", "NoneType", "TODO"))


def test_no_two_rooms_share_a_code() -> None:
    seen: dict[str, str] = {}
    for module in pkgutil.iter_modules(importlib.import_module("core.messages").__path__):
        for code in importlib.import_module(f"core.messages.{module.name}").MESSAGES:
            assert seen.setdefault(code, module.name) == module.name, f"{code} stands in two modules"
