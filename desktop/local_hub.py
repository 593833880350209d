"""A hub on this computer: `akosha serve` as a child of the app, for as long as the app runs.

It holds its data beside the vault, listens on this computer alone, and takes in what lies in the bucket or folder of
the settings. It gets this computer's key to the bucket; the key of an encrypted vault only when a person agreed to
that, for this vault alone and for as long as it runs. Both through its environment; no other secret of the app.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from core.credentials import ENVIRONMENT, FILE_UNLOCKED_BY, CredentialError
from core.process import own_command
from core.sync.events import Event, SyncFinished
from desktop.model import AppModel
from desktop.serving import Serving, Start
from desktop.text import error_text, tr


class LocalHub(Serving):
    """The hub of this app. It runs while the setting `window.run_hub` is on."""

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self.takes_in = ""
        """In words: what of the cloud copy it takes in by itself."""
        self.cannot = ""
        """In words: what keeps it from taking in more; empty when nothing does."""
        model.happened.connect(self._heard)

    @property
    def data(self) -> Path:
        """Where it keeps what it gathers."""
        return self.model.vault.with_name(f"{self.model.vault.name}-hub")

    @property
    def has_key(self) -> bool:
        """Whether a person agreed that it gets the key of this encrypted vault."""
        settings = self.model.settings.settings
        return settings.encrypted and bool(settings.vault_id) and settings.window.hub_key_of == settings.vault_id

    def wanted(self) -> bool:
        """See Serving."""
        return self.model.settings.settings.window.run_hub

    def address(self, said: Mapping[str, object]) -> str:
        """See Serving."""
        return str(said.get("mcp", ""))

    async def start_with(self) -> Start:
        """See Serving."""
        secrets = (*ENVIRONMENT.values(), FILE_UNLOCKED_BY)
        environ = {name: value for name, value in os.environ.items() if name not in secrets}
        environ |= {"AKOSHA_HOST": "127.0.0.1", **await self._bucket()}
        return Start(own_command("--hub", "serve", "--json", "--data", str(self.data)), environ)

    async def _bucket(self) -> dict[str, str]:
        """Where the cloud copy lies and what opens it, as the hub's own settings; says what cannot be served."""
        settings = self.model.settings.settings
        sync = settings.sync
        if not sync.cloud_configured:
            self._say("", tr("No bucket and no folder is set up: it has what is sent to it."))
            return {}
        place = sync.cloud_bucket or sync.cloud_endpoint
        environ = {
            "AKOSHA_CLOUD_ENDPOINT": sync.cloud_endpoint,
            "AKOSHA_CLOUD_BUCKET": sync.cloud_bucket,
            "AKOSHA_CLOUD_REGION": sync.cloud_region,
            "AKOSHA_CLOUD_PREFIX": sync.cloud_prefix,
        }
        environ = {name: value for name, value in environ.items() if value}
        try:
            if not sync.is_folder:
                environ |= await self._bucket_key() | _through(settings.network.proxy)
            if settings.encrypted:
                environ |= await self._vault_key()
        except _CannotError as error:
            self._say("", str(error))
            return {}
        except CredentialError as error:
            self._say("", " ".join(filter(None, error_text(error))))
            return {}
        if settings.encrypted and not self.has_key:
            why = tr("Your copy is encrypted and the hub has no key to it: of yours it has what is sent to it.")
            self._say(tr("It takes in what others put into {place} in clear.", place=place), why)
        else:
            self._say(tr("It takes in what lies in {place}.", place=place), "")
        return environ

    async def _bucket_key(self) -> dict[str, str]:
        credentials = self.model.credentials
        key_id, secret = await credentials.get("cloud_key_id"), await credentials.get("cloud_secret")
        if key_id is None or secret is None:
            raise _CannotError(tr("It cannot read your bucket: there is no key id and secret for it yet."))
        return {"AKOSHA_CLOUD_KEY_ID": key_id.value, "AKOSHA_CLOUD_SECRET": secret.value}

    async def _vault_key(self) -> dict[str, str]:
        """The vault's own key, else the passphrase that opens it in the bucket."""
        if not self.has_key:
            return {}
        kept = await self.model.credentials.get("master_key")
        if kept is not None and kept.value.startswith(f"{self.model.settings.settings.vault_id}:"):
            return {"AKOSHA_VAULT_KEY": kept.value}
        passphrase = await self.model.credentials.get("passphrase")
        if passphrase is None:
            raise _CannotError(tr("It cannot read your encrypted copy: its key is not kept on this computer."))
        return {"AKOSHA_PASSPHRASE": passphrase.value}

    def _heard(self, event: Event) -> None:
        """A sync that went well had the keys: a keychain that was locked is open now."""
        if self.state == "running" and self.cannot and isinstance(event, SyncFinished) and event.result.get("success"):
            self.follow()

    def _say(self, takes_in: str, cannot: str) -> None:
        if (takes_in, cannot) != (self.takes_in, self.cannot):
            self.takes_in, self.cannot = takes_in, cannot
            self.changed.emit()


class _CannotError(Exception):
    """Why the cloud copy cannot be taken in, in words."""


def _through(proxy: str) -> dict[str, str]:
    """The proxy of the settings, for a program that knows those of the environment alone."""
    if not proxy:
        return {}
    here = "localhost,127.0.0.1,::1"
    return {"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "https_proxy": proxy, "http_proxy": proxy, "NO_PROXY": here}
