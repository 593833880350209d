"""A hub on this computer: `akosha serve` as a child of the app, for as long as the app runs.

It holds its data beside the vault, listens on this computer alone, and reads the end of its standard input as the end
of the app: whatever happens to the app, no hub is left behind.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from core.process import own_command
from desktop.model import AppModel
from desktop.text import error_text

log = logging.getLogger("desktop.local_hub")

State = Literal["off", "starting", "running", "failed"]
READY_SECONDS = 30.0
LEAVING_SECONDS = 5.0


class LocalHub(QObject):
    """The hub of this app. It runs while the setting `window.run_hub` is on; `changed` is sent with every state."""

    changed = Signal()

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self._model = model
        self._child: asyncio.subprocess.Process | None = None
        self.state: State = "off"
        self.url = ""
        self.reason = ""
        model.settings_changed.connect(self.follow)
        model.quitting.connect(self._let_go)

    @classmethod
    def of(cls, model: AppModel) -> LocalHub:
        """The one hub of the app."""
        found = model.findChild(cls)
        return found if isinstance(found, LocalHub) else cls(model)

    @property
    def data(self) -> Path:
        """Where it keeps what it gathers."""
        return self._model.vault.with_name(f"{self._model.vault.name}-hub")

    @property
    def pid(self) -> int | None:
        """Its process while there is one."""
        return self._child.pid if self._child is not None else None

    def follow(self) -> None:
        """Start or stop it, as the settings say."""
        wanted = self._model.settings.settings.window.run_hub
        if wanted and self.state in ("off", "failed"):
            self._model.start(self.run())
        elif not wanted and self._child is not None:
            self._model.start(self.stop())

    async def run(self) -> None:
        """Start it, and watch it until it ends."""
        if self._child is not None:
            return
        self._show("starting")
        words = own_command("--hub", "serve", "--json", "--data", str(self.data))
        try:
            self._child = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=self._environ(),
            )
        except OSError as error:
            self._show("failed", reason=error.strerror or str(error))
            return
        child = self._child
        said = await self._first_words(child)
        if "mcp" in said:
            self._show("running", url=str(said["mcp"]))
        code = await child.wait()
        if self._child is child:
            self._child = None
            log.info("the hub on this computer ended with code %d", code)
            told = said.get("error")
            why = error_text(told) if isinstance(told, dict) else ("", "", "")
            self._show("failed", reason=" ".join(filter(None, (f"{why[0]}." if why[0] else "", *why[1:]))))

    async def stop(self) -> None:
        """End it: it ends what it is at, and is killed after a while."""
        child = self._child
        if child is None:
            return
        self._let_go()
        try:
            async with asyncio.timeout(LEAVING_SECONDS):
                await child.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()

    def _let_go(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.stdin is not None:
            child.stdin.close()
            self._show("off")

    def _environ(self) -> dict[str, str]:
        """Its environment. A folder as the cloud is taken in by the hub as well; a bucket's keys stay with the app."""
        sync = self._model.settings.settings.sync
        environ = {**os.environ, "AKOSHA_HOST": "127.0.0.1"}
        if sync.is_folder and not self._model.settings.settings.encrypted:
            environ |= {"AKOSHA_CLOUD_ENDPOINT": sync.cloud_endpoint, "AKOSHA_CLOUD_PREFIX": sync.cloud_prefix}
            environ |= {"AKOSHA_CLOUD_BUCKET": sync.cloud_bucket}
        return environ

    async def _first_words(self, child: asyncio.subprocess.Process) -> dict[str, object]:
        """What it says of itself: where it listens, or its error."""
        assert child.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await child.stdout.readline()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            return {}
        try:
            said = json.loads(line or b"{}")
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def _show(self, state: State, url: str = "", reason: str = "") -> None:
        self.state, self.url, self.reason = state, url, reason
        self.changed.emit()
