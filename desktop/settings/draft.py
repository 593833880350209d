"""Settings that are being changed: what differs from what is saved, and what is wrong with it.

Nothing is written before `save`; secrets are not part of it (desktop.settings.secrets).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from core import settings as saved
from core.errors import CogzyError
from core.settings_model import SettingProblem
from desktop.model import AppModel

PLACEHOLDERS = ("ACCOUNT", "REGION")
"""Words of a preset's endpoint that stand for something of the person's own."""
IDENTITY = ("vault_id", "install_id", "encrypted", "hub_confirmed")


class Draft(QObject):
    """The changes of one dialog. `changed` is sent with every edit."""

    changed = Signal()

    def __init__(self, model: AppModel) -> None:
        super().__init__()
        self._model = model
        self._before = values_of(model)
        self._changes: dict[str, object] = {}
        self._found = {problem.field: problem for problem in reversed(model.settings.problems)}
        for name in self._found:
            written = model.settings.written.get(name)
            if isinstance(written, str) and isinstance(self._before.get(name), str) and not self.is_given(name):
                self._changes[name] = written  # as it stands in the file, so that it can be mended
        self.problems: dict[str, SettingProblem] = {}
        self._check()

    @property
    def wrong(self) -> str | None:
        """The first field that keeps this from being saved."""
        return next((name for name in self.problems if name in self._changes), None)

    @property
    def changes(self) -> Mapping[str, object]:
        """What differs from what is saved, by dotted name."""
        return self._changes

    def value(self, name: str) -> Any:
        """A setting as it stands in the dialog."""
        return self._changes.get(name, self._before[name])

    def is_given(self, name: str) -> bool:
        """Whether the environment decides it, so that a change here would have no effect."""
        return name in self._model.settings.from_environment

    def set(self, name: str, value: object) -> None:
        """Change a setting, or back."""
        if value == self._before[name]:
            self._changes.pop(name, None)
        else:
            self._changes[name] = value
        self._check()
        self.changed.emit()

    def reset(self, name: str) -> None:
        """Take a change back."""
        self.set(name, self._before[name])

    async def save(self) -> None:
        """Write the changes and let them take effect. Raises CogzyError; nothing is written then."""
        if self._changes:
            await asyncio.to_thread(saved.save, self._model.vault, dict(self._changes), self._model.environ)
            self._model.reload_settings()
        self._before, self._changes = values_of(self._model), {}
        self._found = {problem.field: problem for problem in reversed(self._model.settings.problems)}
        self._check()
        self.changed.emit()

    def settings(self) -> dict[str, object]:
        """Every setting as it stands here, for a test of what is not saved yet."""
        given = {name: value for name, value in {**self._before, **self._changes}.items() if name not in IDENTITY}
        return {name: value for name, value in given.items() if not self.is_given(name)}

    def _check(self) -> None:
        try:
            found = saved.check(self._model.vault, self._changes)
        except CogzyError as error:
            self._model.problem.emit(error)
            return
        left = {name: problem for name, problem in self._found.items() if name not in self._changes}
        self.problems = left | {problem.field: problem for problem in reversed(found)}
        endpoint = str(self._changes.get("cloud_endpoint", ""))
        if "cloud_endpoint" not in self.problems and any(word in endpoint for word in PLACEHOLDERS):
            self.problems["cloud_endpoint"] = SettingProblem("cloud_endpoint", "settings.url", {"value": endpoint})


def values_of(model: AppModel) -> dict[str, Any]:
    """Every setting in force, by dotted name."""
    dump = model.settings.settings.model_dump(mode="json")
    found: dict[str, Any] = {}
    for name in saved.field_names():
        section, _, inner = name.rpartition(".")
        if section:
            found[name] = dump[section][inner]
        else:
            found[name] = dump["sync"].get(name, dump.get(name))
    return found
