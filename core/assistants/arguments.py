"""The arguments of a tool or a route of this computer: read as the hub reads its own, refused in sentences of ours."""

from __future__ import annotations

from collections.abc import Sequence

from core.akosha.errors import RequestError
from core.akosha.tools.arguments import Arguments as HubArguments


class Arguments(HubArguments):
    """See core.akosha.tools.arguments."""

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """One of `allowed`; the first of them when not given."""
        value = self._value(name, allowed[0])
        if value not in allowed:
            raise self._wrong(name, f"one of {', '.join(allowed)}")
        return str(value)

    def _unknown(self, name: str, known: str) -> RequestError:
        return RequestError("tools.argument_unknown", of=self._of, name=name, known=known)

    def _missing(self, name: str) -> RequestError:
        return RequestError("tools.argument_missing", of=self._of, name=name)

    def _wrong(self, name: str, wanted: str) -> RequestError:
        return RequestError("tools.argument", of=self._of, name=name, wanted=wanted)
