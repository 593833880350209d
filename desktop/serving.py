"""Servers of this program that run as children of the app: started, watched, started again, ended with it.

- One runs while the settings want it, with the words and the environment of now; when these change it starts anew.
- One that dies is started again after a pause that grows; one that never got ready, after the longest.
- It reads the end of its standard input as the end of the app: whatever happens to the app, none is left behind. The
  end waits for it, up to a limit, and kills it then.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Self

from PySide6.QtCore import QObject, Signal

from core.errors import CogzyError
from core.process import kill
from desktop.model import AppModel
from desktop.text import error_text

log = logging.getLogger("desktop.serving")

State = Literal["off", "starting", "running", "failed"]
READY_SECONDS = 30.0
LEAVING_SECONDS = 5.0
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True)
class Start:
    """How a server is started. What is secret stands in `environ`."""

    words: Sequence[str]
    environ: Mapping[str, str] = field(repr=False)


class Serving(QObject):
    """A server of the app; `changed` is sent with every state. Each kind says when it is wanted, and how it starts."""

    changed = Signal()

    def __init__(self, model: AppModel) -> None:
        super().__init__(model)
        self.model = model
        self.state: State = "off"
        self.url = ""
        self.reason = ""
        self._child: asyncio.subprocess.Process | None = None
        self._started_with: Start | None = None
        self._adapting = asyncio.Lock()
        self._ending: set[asyncio.Task[None]] = set()
        self._again: asyncio.TimerHandle | None = None
        self._pause = FIRST_PAUSE_SECONDS
        self._over = False
        model.settings_changed.connect(self.follow)
        model.quitting.connect(self.leave)

    @classmethod
    def of(cls, model: AppModel) -> Self:
        """The one of its kind in the app."""
        found = model.findChild(cls)
        return found if isinstance(found, cls) else cls(model)

    @property
    def pid(self) -> int | None:
        """Its process while there is one."""
        return self._child.pid if self._child is not None else None

    def wanted(self) -> bool:
        """Whether the settings want it."""
        raise NotImplementedError

    async def start_with(self) -> Start:
        """How it is to be started now. Raises CogzyError."""
        raise NotImplementedError

    def address(self, said: Mapping[str, object]) -> str:
        """Where it listens, out of the first line that it writes; empty when that says nothing of it."""
        raise NotImplementedError

    # ------------------------------------------------------------------ the app's side

    def follow(self) -> None:
        """Start, end or renew it, as the settings and secrets are now."""
        if not self._over:
            self.model.start(self._adapt())

    def leave(self) -> None:
        """The app ends: nothing is started any more, and what runs is told to end. `ended` waits for it."""
        self._over = True
        self._let_go(self.model.ownership.seconds_to_end)

    async def ended(self) -> None:
        """Wait until nothing is left of it."""
        async with self._adapting:
            self._let_go(self.model.ownership.seconds_to_end)
        await asyncio.gather(*self._ending)

    # ------------------------------------------------------------------ its life

    async def _adapt(self) -> None:
        async with self._adapting:
            try:
                wanted = await self.start_with() if self.wanted() else None
            except CogzyError as error:
                self._let_go(LEAVING_SECONDS)
                self._failed(" ".join(filter(None, error_text(error))), LONGEST_PAUSE_SECONDS)
                return
            if wanted == self._started_with and (wanted is None or self._child is not None):
                return
            self._let_go(LEAVING_SECONDS)
            await asyncio.gather(*self._ending)  # the old one has the port, and the data
            if wanted is not None and not self._over:
                await self._begin(wanted)

    async def _begin(self, start: Start) -> None:
        self._show("starting")
        try:
            child = await asyncio.create_subprocess_exec(
                *start.words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=dict(start.environ),
            )
        except OSError as error:
            self._failed(error.strerror or str(error), LONGEST_PAUSE_SECONDS)
            return
        self._child, self._started_with = child, start
        self.model.start(self._watch(child))

    async def _watch(self, child: asyncio.subprocess.Process) -> None:
        began = time.monotonic()
        said = await self._first_words(child)
        address = self.address(said)
        if address and self._child is child:
            self._show("running", url=address)
        code = await child.wait()
        if self._child is not child:
            return
        self._child = self._started_with = None
        log.info("%s ended with code %d", type(self).__name__, code)
        told = said.get("error")
        why = error_text(told) if isinstance(told, dict) else ("", "", "")
        if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        reason = " ".join(filter(None, (f"{why[0]}." if why[0] else "", *why[1:])))
        self._failed(reason, pause if address else LONGEST_PAUSE_SECONDS)

    async def _first_words(self, child: asyncio.subprocess.Process) -> dict[str, object]:
        """What it says of itself: where it listens, or its error."""
        assert child.stdout is not None
        try:
            async with asyncio.timeout(READY_SECONDS):
                line = await child.stdout.readline()
        except TimeoutError:
            kill(child)
            return {}
        try:
            said = json.loads(line or b"{}")
        except ValueError:
            return {}
        return said if isinstance(said, dict) else {}

    def _let_go(self, seconds: float) -> None:
        """Tell it to end; it is killed after `seconds`."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        child, self._child, self._started_with = self._child, None, None
        if child is not None:
            task = asyncio.create_task(_end(child, seconds))
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._show("off")

    def _failed(self, reason: str, pause: float) -> None:
        """It does not run; it is tried again after `pause` seconds."""
        self._show("failed", reason=reason)
        if not self._over:
            self._again = asyncio.get_running_loop().call_later(pause, self.follow)

    def _show(self, state: State, url: str = "", reason: str = "") -> None:
        if (state, url, reason) != (self.state, self.url, self.reason):
            self.state, self.url, self.reason = state, url, reason
            self.changed.emit()


async def _end(child: asyncio.subprocess.Process, seconds: float) -> None:
    assert child.stdin is not None
    child.stdin.close()
    try:
        async with asyncio.timeout(seconds):
            await child.wait()
    except TimeoutError:
        log.info("a server of the app did not end in %.1f s", seconds)
        kill(child)
        await child.wait()


def all_of(model: AppModel) -> list[Serving]:
    """Every server that the app has."""
    return [child for child in model.children() if isinstance(child, Serving)]
