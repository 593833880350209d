"""The arguments of a tool or a route of this computer: read as the hub reads its own, refused in sentences of ours."""

from __future__ import annotations

from core.akosha.errors import RequestError
from core.akosha.tools.arguments import Arguments as HubArguments


class Arguments(HubArguments):
    """See core.akosha.tools.arguments."""

    def _unknown(self, name: str, known: str) -> RequestError:
        return RequestError("tools.argument_unknown", of=self._of, name=name, known=known)

    def _missing(self, name: str) -> RequestError:
        return RequestError("tools.argument_missing", of=self._of, name=name)

    def _wrong(self, name: str, wanted: str) -> RequestError:
        return RequestError("tools.argument", of=self._of, name=name, wanted=wanted)
