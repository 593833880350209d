"""`cogzy config` and `cogzy credentials`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.cli.output import Output
from core.cli.secrets import known_name, opened, read_secret
from core.errors import UsageError

if TYPE_CHECKING:
    from core.credentials import SecretName


def config(options: Any, output: Output) -> int:
    """Show or change settings, or say where they stand."""
    from core import settings

    if options.action == "path":
        path = str(settings.config_path(options.vault))
        output.result({"path": path}, [path])
        return 0
    if options.action == "set":
        if options.name is None:
            raise UsageError("cli.config_name")
        loaded = settings.save(options.vault, {options.name: _value(options.value)})
        # what is in force leaves a whole address out while a part of it is missing: show what was saved
        value = loaded.written.get(options.name, _values(loaded).get(options.name))
        shadowed = options.name in loaded.from_environment
        problems = [problem.as_json() for problem in loaded.problems]
        output.result(
            {"name": options.name, "value": value, "from_environment": shadowed, "problems": problems},
            [
                f"{options.name} = {_shown(value)}",
                *(["The environment overrides what was saved."] if shadowed else []),
                *_problem_lines(problems),
            ],
        )
        return 0
    loaded = settings.load(options.vault)
    values = _values(loaded)
    if options.name is not None:
        if options.name not in values:
            raise settings.unknown(options.name)
        value = values[options.name]
        output.result({"name": options.name, "value": value}, [_shown(value)])
        if value == "":
            made = " The first sync gives this computer one." if options.name == "system_id" else ""
            output.aside(f"{options.name} is not set.{made}")
        return 0
    problems = [problem.as_json() for problem in loaded.problems]
    data = {"settings": values, "from_environment": sorted(loaded.from_environment), "problems": problems}
    output.result(data, _lines(values, loaded.from_environment, problems))
    return 2 if problems else 0


def credentials(options: Any, output: Output) -> int:
    """Keep or forget a secret."""
    name = known_name(options.name)
    if options.action == "delete":
        removed = asyncio.run(_delete(options.vault, name))
        output.result({"name": name, "deleted": removed}, [f"{name} is {'forgotten' if removed else 'not kept here'}."])
        return 0
    value = read_secret(name, twice=name == "passphrase")
    origin = asyncio.run(_set(options.vault, name, value, options.in_file))
    output.result({"name": name, "kept_in": origin}, [f"{name} is kept ({origin})."])
    return 0


async def _set(vault: Path, name: SecretName, value: str, in_file: bool) -> str:
    return await (await opened(vault, in_file=in_file)).set(name, value)


async def _delete(vault: Path, name: SecretName) -> bool:
    return await (await opened(vault)).delete(name)


def _values(loaded: Any) -> dict[str, Any]:
    """Every setting by its dotted name."""
    from core.settings import field_names

    tree = loaded.settings.model_dump(mode="json")
    values: dict[str, Any] = {}
    for name in field_names():
        section, _, field = name.rpartition(".")
        values[name] = tree[section][field] if section else tree["sync"].get(name, tree.get(name))
    return values


def _value(text: str | None) -> object:
    """Lists and objects are JSON; everything else is text that the settings understand themselves."""
    if text is None:
        return None
    if text[:1] in ("[", "{"):
        try:
            value: object = json.loads(text)
        except ValueError as error:
            raise UsageError("cli.not_json", text=text[:80]) from error
        return value
    return text


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _lines(values: Mapping[str, Any], given: frozenset[str], problems: list[dict[str, Any]]) -> Iterator[str]:
    for name, value in values.items():
        yield f"{name} = {_shown(value)}{'  (environment)' if name in given else ''}"
    yield from _problem_lines(problems)


def _problem_lines(problems: list[dict[str, Any]]) -> Iterator[str]:
    for problem in problems:
        yield "{field}: {title}. {cause} {next_step}".format_map(problem)
