"""REST for programs of this computer, while the app runs: `cogzy serve` as a child of the app, off until switched on.

It asks the vault's owner, which is this app, like any command does. The token comes from where the vault's secrets are
kept, is made at the first start, and is passed on in the environment.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from core.assistants.rest_server import Token, token_of
from core.process import own_command
from desktop.model import AppModel
from desktop.serving import Serving, Start


class LocalRest(Serving):
    """The REST server of this app. It runs while the setting `window.serve_rest` is on."""

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self.token: Token | None = None

    @property
    def token_is_given(self) -> bool:
        """Whether the environment decides the token, so that a new one would have no effect."""
        return bool(self.model.environ.get("COGZY_REST_TOKEN"))

    def wanted(self) -> bool:
        """See Serving."""
        return self.model.settings.settings.window.serve_rest

    def address(self, said: Mapping[str, object]) -> str:
        """See Serving."""
        return str(said.get("url", ""))

    async def start_with(self) -> Start:
        """See Serving."""
        if self.token is None or self.token.kept:  # kept: the command line may have made another
            await self._find_token()
        assert self.token is not None
        port = str(self.model.settings.settings.window.rest_port)
        words = own_command("--serve", "--json", "--vault", str(self.model.vault), "--port", port)
        return Start(words, {**os.environ, "COGZY_REST_TOKEN": self.token.value})

    async def renew_token(self) -> None:
        """Make a new token: the old one opens nothing any more."""
        await self._find_token(renew=True)
        self.follow()

    async def _find_token(self, *, renew: bool = False) -> None:
        model = self.model
        self.token = await token_of(model.vault, model.environ, renew=renew, credentials=model.credentials)
        self.changed.emit()
