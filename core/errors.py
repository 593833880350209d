"""The root of Cogzy's errors. A room subclasses these; foreign exceptions are translated once, at its border.

    CogzyError            exit code 1   something failed
    ├── UsageError                  2   wrong use or wrong settings
    ├── DamageError                 3   stored data is damaged
    ├── RefusedError                4   refused, to protect data
    ├── BusyError                   5   somebody else is using it
    └── core.sync.errors.SyncError ...

An error carries a `code` ("room.what_happened") and `params`; the sentences stand in core.messages, one entry for
each code, so that a window can show its own translation of the same code.
"""

from __future__ import annotations

from typing import ClassVar

Param = str | int | float | None


class CogzyError(Exception):
    """An error that a person can be shown: `code` names it, `params` fill its sentences."""

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Param] = params

    @property
    def title(self) -> str:
        """What happened, in one short sentence (English)."""
        return self._message()[0]

    @property
    def cause(self) -> str:
        """Why, as far as it is known (English)."""
        return self._message()[1]

    @property
    def next_step(self) -> str:
        """What the person can do now (English)."""
        return self._message()[2]

    def _message(self) -> tuple[str, str, str]:
        from core.messages import render

        return render(self.code, self.params)

    def __str__(self) -> str:
        title, cause, _ = self._message()
        return f"{title}: {cause}" if cause else title

    def as_json(self) -> dict[str, object]:
        """The form in which `--json`, events and history carry an error."""
        title, cause, next_step = self._message()
        return {"code": self.code, "params": self.params, "title": title, "cause": cause, "next_step": next_step}


class UsageError(CogzyError):
    """Wrong use of a command, or a setting that cannot be right."""

    exit_code = 2


class DamageError(CogzyError):
    """Stored data is damaged: it does not parse, does not align, or does not match its hash."""

    exit_code = 3


class RefusedError(CogzyError):
    """Refused because going on could lose or expose data."""

    exit_code = 4


class BusyError(CogzyError):
    """Another program or another run holds what is needed; trying again later can succeed."""

    exit_code = 5
