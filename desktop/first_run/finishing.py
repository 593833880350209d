"""What Finish does, in the order in which as little as possible is left behind when a step fails.

Test the place with what was typed; bring the chosen vault here; keep the secrets; make the keys of the encryption; only
then save the settings; and sync. Until the settings are saved this computer has no cloud copy, and a failed step leaves
it so.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from core.errors import CogzyError
from core.sync.events import Encrypt, Event, PreviewReset, Reset, Sync, TestConnection
from desktop.first_run.choices import PLACE, Choices
from desktop.model import AppModel
from desktop.text import tr
from desktop.trial import Trial

Step = Literal["test", "bring", "keep", "encrypt", "save", "sync"]
Tell = Callable[[Step], None]
Hear = Callable[[Event], None]


class NotDoneError(Exception):
    """A step that did not fail, but was not done: what happened, and what to do."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(title)
        self.title = title
        self.text = text


class Finishing:
    """One Finish. `began` hears which step begins, `heard` the events of it.

    `bring_by_hand` shows both sides of a reset, asks, does it, and says whether it was done.
    """

    def __init__(
        self,
        model: AppModel,
        choices: Choices,
        trial: Trial,
        began: Tell,
        heard: Hear,
        bring_by_hand: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._model = model
        self._choices = choices
        self._trial = trial
        self._began = began
        self._heard = heard
        self._bring_by_hand = bring_by_hand
        self.recovery_key = ""
        self.result: dict[str, Any] | None = None

    def steps(self) -> list[Step]:
        """What there is to do."""
        if not self._choices.has_place:
            return ["save"]
        middle: list[Step] = ["bring"] if self._choices.brings else []
        sealing: list[Step] = ["encrypt"] if self._encrypts else []
        keeping: list[Step] = ["keep"] if self._choices.secrets.environment() else []
        return ["test", *middle, *keeping, *sealing, "save", "sync"]

    @property
    def _encrypts(self) -> bool:
        choices = self._choices
        return choices.encrypt and not choices.brings and not self._model.settings.settings.encrypted

    async def run(self) -> None:
        """Do it all. Raises CogzyError, NotDoneError; the steps before that one stay done, and are harmless twice."""
        choices = self._choices
        self._trial.use(choices.settings(), choices.secrets.environment())
        does = {
            "test": self._test,
            "bring": self._bring,
            "keep": self._keep,
            "encrypt": self._encrypt,
            "save": self._save,
            "sync": self._sync,
        }
        for step in self.steps():
            self._began(step)
            await does[step]()

    async def _test(self) -> None:
        report = await self._trial.run(TestConnection(), self._heard)
        failed = next((step for step in report["steps"] if step["ok"] is False), None)
        if failed is not None:
            error = failed["error"] or {}
            raise CogzyError(str(error.get("code", "client.internal")), **(error.get("params") or {}))

    async def _bring(self) -> None:
        vault = self._choices.bring
        assert vault is not None
        own = self._model.ownership.own
        if own is not None and own.busy_with is not None:
            raise NotDoneError(
                tr("A sync is going on"),
                tr("This computer's vault cannot be replaced meanwhile. Press Finish again when it has ended."),
            )
        upload_id = str(vault["upload_id"])
        preview = await self._trial.run(PreviewReset(upload_id), self._heard)
        here = preview["here"]
        if preview["refusal"] is None and not (here["nodes"] or here["episodes"] or here["traces"]):
            await self._trial.run(Reset(upload_id), self._heard)
        elif not await self._bring_by_hand(upload_id):
            raise NotDoneError(
                tr("The vault was not brought here"),
                tr("This computer's vault is as it was. Press Finish to be asked again, or go back and start new."),
            )
        self._model.reload_settings()
        self._choices.bring = {**vault, "own": True}  # done: a second try goes on from here

    async def _keep(self) -> None:
        secrets, credentials = self._choices.secrets, self._model.credentials
        for name, value in (
            ("cloud_key_id", secrets.key_id),
            ("cloud_secret", secrets.secret),
            ("passphrase", secrets.passphrase),
            ("recovery_key", secrets.recovery_key),
        ):
            if value:
                await credentials.set(name, value)  # type: ignore[arg-type]  # names of secrets they are
        if self._model.ownership.own is not None:
            await self._model.ownership.own.renew()

    async def _encrypt(self) -> None:
        made = await self._model.run(Encrypt("new"), self._heard)
        self.recovery_key = str(made["recovery_key"])
        self._model.reload_settings()

    async def _save(self) -> None:
        draft = self._choices.draft
        if not self._choices.has_place:
            for name in PLACE:
                draft.reset(name)
        await draft.save()

    async def _sync(self) -> None:
        self.result = await self._model.run(Sync(), self._heard)
