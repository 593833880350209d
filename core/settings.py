"""Reading and writing the settings: environment over config.json over default, whatever state the file is in.

Invariants:
- `load` never raises for a bad value: its default is used and a SettingProblem says which field and why. When any
  part of the cloud's address is wrong the whole address is left empty, so that nothing is ever sent elsewhere.
- A config.json that cannot be read is kept as it is: `save` refuses to overwrite it until it is mended or set aside.
- Unknown keys (of a newer version, or a person's notes) survive `save`.
- `vault_id` and `system_id` are made once, and never silently remade in place of a damaged one.

Names are dotted: `cloud_bucket`, `schedule.interval_minutes`. In the environment: COGZY_CLOUD_BUCKET,
COGZY_SCHEDULE_INTERVAL_MINUTES; an empty variable counts as not set. Lists are JSON or separated by commas. COGZY_UNSET
names settings, separated by commas, that count as not set whatever stands in config.json.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from core import locations
from core.errors import BusyError, DamageError, RefusedError, UsageError
from core.files import translated, write_atomically
from core.settings_model import (
    AkoshaSyncConfig,
    SettingProblem,
    Settings,
    safe_host_name,
)

__all__ = [
    "AkoshaSyncConfig",
    "InvalidSettingError",
    "Loaded",
    "SettingProblem",
    "Settings",
    "as_environment",
    "config_path",
    "ensure_identity",
    "field_names",
    "load",
    "save",
    "set_aside",
    "unknown",
]

_IDENTITY = frozenset({"vault_id", "install_id", "encrypted", "hub_confirmed"})  # never from the environment
_ADDRESS = frozenset({"cloud_bucket", "cloud_endpoint", "cloud_region", "cloud_prefix"})
_CHOICES = frozenset({"force_method", "log_level", "notifications.level", "window.appearance"})
_SECTIONS = ("sources", "schedule", "notifications", "limits", "network", "window")
_SECRETS = frozenset(
    {"cloud_key_id", "cloud_secret", "hub_token", "rest_token", "passphrase", "recovery_key", "master_key"}
)
UNSET = "COGZY_UNSET"
LOCK_SECONDS = 5.0
_FILE_LIMIT = 1 << 20
_WRONG_TYPE = {"bool": "settings.not_bool", "int": "settings.not_whole", "float": "settings.not_number"} | {
    "string": "settings.not_text",
    "tuple": "settings.not_list",
    "model": "settings.not_section",
    "missing": "settings.missing",
}


@dataclass(frozen=True)
class Loaded:
    """The settings in force, every problem found on the way, and where the values came from.

    `written` has the values as they stand in the environment or the file, wrong ones too, for a window to show.
    """

    settings: Settings
    problems: list[SettingProblem]
    from_environment: frozenset[str]
    written: Mapping[str, object] = field(default_factory=dict)

    @property
    def hub_allowed(self) -> bool:
        """Whether the hub that is set up may get anything: it was confirmed, or the environment names it."""
        given = "hub_url" in self.from_environment
        confirmed = self.settings.hub_confirmed == self.settings.hub_consent
        return bool(self.settings.sync.hub_identity) and (given or confirmed)


class InvalidSettingError(UsageError):
    """A change that `save` refused: `problems` has every broken rule, the error speaks for the first."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        first = problems[0]
        super().__init__(first.code, **{"field": first.field, **first.params})
        self.problems = problems


def config_path(vault: Path) -> Path:
    """The file that `cogzy config path` names."""
    return vault / "config.json"


@cache
def field_names() -> tuple[str, ...]:
    """Every setting by its dotted name, in order."""
    names: list[str] = []
    for name in Settings.model_fields:
        inner = getattr(Settings(), name)
        if name == "sync":
            names += type(inner).model_fields
        elif isinstance(inner, BaseModel):
            names += [f"{name}.{n}" for n in type(inner).model_fields]
        else:
            names.append(name)
    return tuple(names)


def load(vault: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The settings of the vault: COGZY_* over config.json over default. Never raises for what stands in either."""
    problems: list[SettingProblem] = []
    raw: dict[str, Any] = {}
    try:
        raw = _read(vault)
    except DamageError as error:
        problems.append(SettingProblem("config.json", error.code, error.params))
    problems += [SettingProblem(n, "settings.secret_in_file", {}) for n in sorted(_SECRETS & raw.keys())]
    unset = environ.get(UNSET, "").split(",")
    written = {name: value for name, value in _flat(raw).items() if name not in unset}
    given = _from_environment(environ)
    written |= given
    settings, wrong = _build(written)
    return Loaded(settings, problems + wrong, frozenset(given), written)


def save(vault: Path, changes: Mapping[str, object], environ: Mapping[str, str] = os.environ) -> Loaded:
    """Change settings by dotted name (None: back to the default) and write config.json whole; returns what is then
    in force.

    Raises InvalidSettingError for a value that cannot be right, UsageError for a name that is none, and RefusedError
    while config.json is damaged. Nothing is written then.
    """
    for name in changes:
        if name in _SECRETS:
            raise UsageError("settings.secret_not_here", field=name)
        if name not in field_names():
            raise unknown(name)
    with _alone(vault):
        try:
            raw = _read(vault)
        except DamageError as error:
            raise RefusedError("settings.file_kept", **error.params) from error
        settings, refused = _changed(raw, changes)
        if refused:
            raise InvalidSettingError(refused)
        dump = settings.model_dump(mode="json")
        values = _flat(dump | dump["sync"])
        for name, value in changes.items():
            _put(raw, name, None if value is None else values[name])
        _write(vault, raw)
    return load(vault, environ)


def check(vault: Path, changes: Mapping[str, object]) -> list[SettingProblem]:
    """What `save` would refuse of these changes; empty when it would take them. Raises DamageError."""
    return _changed(_read(vault), changes)[1]


def unknown(name: str) -> UsageError:
    """The error for a setting that there is not; it names the nearest one."""
    import difflib

    near = difflib.get_close_matches(name, field_names(), 1, 0.5)
    suggestion = f"Did you mean {near[0]}?" if near else "No other name is near it."
    return UsageError("settings.unknown", field=name, suggestion=suggestion)


def as_environment(values: Mapping[str, object]) -> dict[str, str]:
    """Variables that give these settings (dotted names) to a process, whatever stands in its config.json."""
    texts = {n: v if isinstance(v, str) else "" if v is None else json.dumps(v) for n, v in values.items()}
    given = {_variable(name): text for name, text in texts.items() if text}
    return given | {UNSET: ",".join(name for name, text in texts.items() if not text)}


def ensure_identity(vault: Path, environ: Mapping[str, str] = os.environ) -> Loaded:
    """The settings, with `vault_id`, `system_id` and `install_id` made at the first run.

    A vault that was copied to another computer carries a foreign install id: it gets a new system id and keeps its
    vault id. Raises DamageError while config.json or an id in it is damaged: a new one in its place would cut this
    vault off from its uploads.
    """
    loaded = load(vault, environ)
    for problem in loaded.problems:
        if problem.field == "config.json":
            raise DamageError(problem.code, **problem.params)
        if problem.field == "vault_id":
            raise DamageError("settings.identity", field="vault_id", **problem.params)
    here = locations.install_id(environ)
    settings = loaded.settings
    changes: dict[str, object] = {}
    if not settings.vault_id:
        changes["vault_id"] = os.urandom(16).hex()
    if settings.install_id != here:
        changes["install_id"] = here
    moved = bool(settings.install_id) and settings.install_id != here
    if "system_id" not in loaded.from_environment and (moved or not settings.sync.system_id):
        changes["system_id"] = f"{safe_host_name()}-{os.urandom(2).hex()}"
    return save(vault, changes, environ) if changes else loaded


def set_aside(vault: Path) -> Path:
    """Rename a damaged config.json to config.json.damaged-<time>, so that settings can be saved again."""
    path = config_path(vault)
    aside = path.with_name(f"{path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}-{os.urandom(2).hex()}")
    with translated(path):
        path.rename(aside)
    return aside


def _changed(raw: Mapping[str, Any], changes: Mapping[str, object]) -> tuple[Settings, list[SettingProblem]]:
    """The settings of a file with changes, and what is wrong with the changes."""
    written = {name: value for name, value in (_flat(raw) | dict(changes)).items() if value is not None}
    settings, wrong = _parse(written)
    return settings, [problem for problem in [*wrong, *settings.validate()] if problem.field in changes]


def _read(vault: Path) -> dict[str, Any]:
    """The object in config.json, {} when there is no file. Raises DamageError for anything else."""
    path = config_path(vault)
    try:
        with path.open("rb") as file:
            data = file.read(_FILE_LIMIT + 1)
        raw = json.loads(data.decode("utf-8-sig")) if len(data) <= _FILE_LIMIT else None
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DamageError("settings.file_unreadable", path=str(path), reason=error.strerror or "") from error
    except (ValueError, RecursionError) as error:
        raise DamageError("settings.file_damaged", path=str(path), reason=str(error)[:200]) from error
    if not isinstance(raw, dict):
        raise DamageError("settings.file_damaged", path=str(path), reason="it is not a JSON object of settings")
    return raw


def _write(vault: Path, raw: Mapping[str, object]) -> None:
    text = json.dumps(raw, indent=2, ensure_ascii=False) + "\n"
    write_atomically(config_path(vault), text.encode())


@contextlib.contextmanager
def _alone(vault: Path) -> Iterator[None]:
    """One writer of config.json at a time: the app and a command may both change settings."""
    from filelock import FileLock, Timeout

    with translated(vault):
        vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(vault / "config.lock", timeout=LOCK_SECONDS)
        try:
            lock.acquire()
        except Timeout as error:
            raise BusyError("settings.busy", path=str(config_path(vault))) from error
    try:
        yield
    finally:
        lock.release()


def _flat(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted name, of a file's object or of a dumped Settings. Unknown keys are left out."""
    found: dict[str, Any] = {}
    for name in field_names():
        section, _, inner = name.rpartition(".")
        holder = raw.get(section) if section else raw
        if isinstance(holder, dict) and inner in holder:
            found[name] = holder[inner]
    return found | {name: raw[name] for name in _SECTIONS if not isinstance(raw.get(name, {}), dict)}


def _put(raw: dict[str, Any], name: str, value: object) -> None:
    section, _, inner = name.rpartition(".")
    holder: dict[str, Any] = raw.setdefault(section, {}) if section else raw
    if not isinstance(holder, dict):
        holder = raw[section] = {}
    if value is None:
        holder.pop(inner, None)
    else:
        holder[inner] = value


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in field_names():
        text = environ.get(_variable(name), "").strip()
        if not text or name in _IDENTITY:
            continue
        found[name] = text
        if name in ("sources.exclude", "sources.extra"):
            with contextlib.suppress(ValueError):
                found[name] = json.loads(text) if text.startswith("[") else [t.strip() for t in text.split(",")]
    return found


def _variable(name: str) -> str:
    return "COGZY_" + name.replace(".", "_").upper()


def _build(written: Mapping[str, Any]) -> tuple[Settings, list[SettingProblem]]:
    """The settings of these values, each wrong one replaced by its default and listed."""
    values = dict(written)
    settings, problems = _parse(values)
    while True:
        known = {problem.field for problem in problems}
        problems += [problem for problem in settings.validate() if problem.field not in known]
        wrong = {problem.field for problem in problems}
        if wrong & _ADDRESS:
            wrong |= _ADDRESS
        if not wrong & values.keys():
            return settings, problems
        values = {name: value for name, value in values.items() if name not in wrong}
        settings, _ = _parse(values)


def _parse(written: Mapping[str, Any]) -> tuple[Settings, list[SettingProblem]]:
    """The settings of these values, those of a wrong type left out and listed; the rules are not looked at."""
    values = {n: v.lower() if n in _CHOICES and isinstance(v, str) else v for n, v in written.items()}
    problems = [
        SettingProblem(name, "settings.not_section", {"value": str(values.pop(name))[:80]})
        for name in _SECTIONS
        if name in values
    ]
    while True:
        try:
            return Settings.model_validate(_nested(values)), problems
        except ValidationError as error:
            for name, problem in _type_problems(error, written):
                problems.append(problem)
                values.pop(name)


def _nested(values: Mapping[str, Any]) -> dict[str, Any]:
    nested: dict[str, Any] = {"sync": {}}
    for name, value in values.items():
        section, _, inner = name.rpartition(".")
        if name in AkoshaSyncConfig.model_fields:
            nested["sync"][name] = value
        elif section:
            nested.setdefault(section, {})[inner] = value
        else:
            nested[name] = value
    return nested


def _type_problems(error: ValidationError, written: Mapping[str, Any]) -> Iterator[tuple[str, SettingProblem]]:
    seen: set[str] = set()
    for detail in error.errors(include_url=False, include_input=False):
        location = [str(part) for part in detail["loc"]]
        name = location[1] if location[0] == "sync" else ".".join(location[:2])
        if name in seen:
            continue
        seen.add(name)
        params: dict[str, str | int | float | None] = {"value": str(written.get(name))[:80]}
        if detail["type"] == "literal_error":
            params["allowed"] = str(detail.get("ctx", {}).get("expected", "")).replace("'", "")
            yield name, SettingProblem(name, "settings.choice", params)
        else:
            code = _WRONG_TYPE.get(detail["type"].split("_")[0], "settings.not_understood")
            yield name, SettingProblem(name, code, params)
