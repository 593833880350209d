"""Likely secrets in what would go up, masked, and what becomes of each: left out, taken out of the vault, or sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMessageBox, QProgressBar, QVBoxLayout, QWidget

from core.errors import CogzyError
from core.sync.events import DecideSecrets, Event, FindSecrets, Progress, RedactSecrets
from desktop.model import AppModel
from desktop.palette import Appearance
from desktop.preview.choices import VAULT, leave_out, part_words, pattern_of, switch
from desktop.settings.draft import Draft
from desktop.text import error_text, plural, tr
from desktop.trial import Trial
from desktop.window.parts import GAP, Empty, begin, button, plain, quiet, row, tone
from desktop.window.tables import Column, Table, rendered

Found = Mapping[str, Any]


class SecretsTab(QWidget):
    """The findings. `told` carries how many are not decided yet, after each search."""

    told = Signal(int)

    def __init__(self, model: AppModel, appearance: Appearance, draft: Draft, trial: Trial) -> None:
        super().__init__()
        self._model = model
        self._draft = draft
        self._trial = trial
        self._appearance = appearance
        self._state = quiet(wrap=True)
        self._state.setObjectName("secrets_state")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the search for secrets"))
        self.table: Table[Found] = Table(
            [
                Column(tr("Looks like"), lambda found: kind_words(str(found["kind"]))),
                Column(tr("Begins with"), lambda found: str(found["masked"])),
                Column(tr("Where"), _where, stretch=True),
                Column(tr("Times"), lambda found: str(found["count"]), lambda found: found["count"], right=True),
                Column(tr("Decided"), _decided, colour=self._colour),
            ],
            "secrets_table",
            tr("Likely secrets"),
        )
        self.table.widths(f"{kind_words('password_in_url')}  ", "ABCD…(40)", "", tr("Times"), f"{tr('nothing yet')}  ")
        self.table.picked.connect(self._picked)
        self._context = plain()
        self._context.setObjectName("secrets_context")
        self._leave_file = button(tr("Leave out the file"), self._leave_files_out, "secret_leave_file")
        self._leave_folder = button(tr("Leave out the project"), self._leave_folders_out, "secret_leave_folder")
        self._leave_source = button(tr("Leave out the database"), self._leave_sources_out, "secret_leave_source")
        self._redact = button(tr("Take out of the vault…"), self._ask_redact, "secret_redact")
        self._send = button(tr("Send it anyway"), lambda: self._decide("send"), "secret_send")
        self._undo = button(tr("Decide again"), lambda: self._decide(None), "secret_undo")
        self._why = quiet(wrap=True)
        self._why.setObjectName("secrets_why")
        self._none = Empty(
            appearance,
            "check",
            tr("No likely secrets found"),
            tr("Keys, tokens and passwords were looked for in all text that would go up for the first time."),
        )
        inside = QVBoxLayout(self)
        inside.setContentsMargins(0, GAP, 0, 0)
        inside.setSpacing(GAP)
        inside.addWidget(self._state)
        inside.addWidget(self._bar)
        inside.addWidget(self.table, 1)
        inside.addWidget(self._none, 1)
        inside.addWidget(self._context)
        inside.addLayout(
            row(self._leave_file, self._leave_folder, self._leave_source, self._redact, None, self._send, self._undo)
        )
        inside.addWidget(self._why)
        self._none.hide()
        self._picked()

    @property
    def undecided(self) -> int:
        """Findings that nothing was decided about."""
        return sum(found["decision"] is None for found in self.table.rows.rows)

    async def search(self) -> None:
        """Search everything that is about to go up; what was searched before takes no time. Raises CogzyError."""
        self._state.setText(tr("Looking for keys, tokens and passwords…"))
        self._bar.setRange(0, 0)
        self._bar.show()
        self._show(await self._trial.run(FindSecrets(), self._progress))

    def _progress(self, event: Event) -> None:
        if isinstance(event, Progress) and event.bytes_total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(round(1000 * event.bytes_done / event.bytes_total))

    def _show(self, report: Mapping[str, Any]) -> None:
        self._bar.hide()
        secrets: Sequence[Found] = report["secrets"]
        self.table.rows.replace(rendered(self.table.rows.columns, secrets))
        self.table.setVisible(bool(secrets))
        self._context.setVisible(bool(secrets))
        self._none.setVisible(not secrets)
        undecided = int(report["undecided"])
        text = ""
        if secrets:
            text = self._what_becomes_of(undecided)
        problems = [f"{part_words(str(one['name']))}: {error_text(one['error'])[0]}" for one in report["problems"]]
        if problems:
            text += " " + tr("Not looked into: {what}.", what="; ".join(problems[:5]))
        self._state.setText(text.strip())
        self._state.setVisible(bool(text))
        tone(self._state, "attention" if undecided or problems else "good")
        self._picked()
        self.told.emit(undecided)

    def _what_becomes_of(self, undecided: int) -> str:
        if self._draft.value("sources.hold_secrets"):
            return plural(
                undecided,
                "{count} likely secret waits for your decision. What holds it does not go up before.",
                "{count} likely secrets wait for your decision. What holds them does not go up before.",
            )
        return plural(
            undecided,
            "{count} likely secret would go up as it is.",
            "{count} likely secrets would go up as they are.",
        )

    # ------------------------------------------------------------------ the chosen ones

    def _picked(self) -> None:
        chosen = self.table.selected()
        files = [place for place in _places(chosen) if self._is_file(place)]
        databases = [place for place in _places(chosen) if place["part"] != VAULT and not self._is_file(place)]
        self._leave_file.setVisible(bool(files))
        self._leave_folder.setVisible(any("/" in place["path"] for place in files))
        self._leave_source.setVisible(bool(databases))
        self._redact.setVisible(any(found["redactable"] for found in chosen))
        self._send.setVisible(any(found["decision"] is None for found in chosen))
        self._undo.setVisible(any(found["decision"] is not None for found in chosen))
        self._context.setText("\n".join(_shown_place(place) for place in _places(chosen)[:4]) if chosen else "")
        why = ""
        if files or databases:
            why = tr(
                "Files of other programs are never changed: leave them out, or take the secret out there yourself."
            )
        elif not chosen and self.table.rows.rows:
            why = tr("Choose one or more to decide what becomes of them. Of a secret only its beginning is shown.")
        self._why.setText(why)

    def _is_file(self, place: Mapping[str, Any]) -> bool:
        if place["part"] == VAULT:
            return False
        return place["part"] == "claude-code" or any(
            extra["name"] == place["part"] and extra["kind"] == "files" for extra in self._draft.value("sources.extra")
        )

    def _leave_files_out(self) -> None:
        leave_out(self._draft, *(pattern_of(str(place["path"])) for place in self._chosen_files()))

    def _leave_folders_out(self) -> None:
        paths = [str(place["path"]) for place in self._chosen_files()]
        leave_out(self._draft, *(pattern_of(path, folder=True) for path in paths if "/" in path))

    def _chosen_files(self) -> list[Mapping[str, Any]]:
        return [place for place in _places(self.table.selected()) if self._is_file(place)]

    def _leave_sources_out(self) -> None:
        chosen = _places(self.table.selected())
        for part in {str(place["part"]) for place in chosen if place["part"] != VAULT and not self._is_file(place)}:
            switch(self._draft, part, on=False)

    def _decide(self, action: Literal["send"] | None) -> None:
        begin(self._model, self, self._decided(action), self._cannot)

    async def _decided(self, action: Literal["send"] | None) -> None:
        ids = [str(found["id"]) for found in self.table.selected()]
        await self._model.run(DecideSecrets(ids, action))
        await self.search()

    # ------------------------------------------------------------------ redacting

    def _ask_redact(self) -> None:
        chosen = [found for found in self.table.selected() if found["redactable"]]
        box = QMessageBox(self)
        box.setObjectName("ask_redact")
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(tr("Take secrets out of the vault"))
        box.setText(
            plural(
                len(chosen),
                "Replace {count} secret in your vault's memories?",
                "Replace {count} secrets in your vault's memories?",
            )
        )
        box.setInformativeText(
            tr("Each is replaced by a note of what it was, and cannot be brought back. ")
            + tr("What was uploaded before stays in the cloud, and files of other programs stay as they are.")
        )
        go = box.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
        go.setObjectName("redact_go")
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        ids = [str(found["id"]) for found in chosen]
        go.clicked.connect(lambda: begin(self._model, self, self._redacted(ids), self._cannot))
        box.finished.connect(box.deleteLater)
        box.open()

    async def _redacted(self, ids: list[str]) -> None:
        await self._model.run(RedactSecrets(ids))
        await self.search()

    def _colour(self, found: Found) -> str | None:
        return None if found["decision"] else self._appearance.colours.attention

    def _cannot(self, error: CogzyError) -> None:
        self._state.setText(" ".join(filter(None, error_text(error))))
        self._state.show()
        tone(self._state, "error")


def kind_words(kind: str) -> str:
    """What a likely secret looks like."""
    return {
        "aws_key": tr("AWS key"),
        "azure_key": tr("Azure storage key"),
        "password_in_url": tr("Password in an address"),
        "discord_token": tr("Discord token"),
        "github_token": tr("GitHub token"),
        "gitlab_token": tr("GitLab token"),
        "json_web_token": tr("Sign-in token (JWT)"),
        "mailchimp_key": tr("Mailchimp key"),
        "npm_token": tr("npm token"),
        "openai_key": tr("OpenAI key"),
        "private_key": tr("Private key"),
        "pypi_token": tr("PyPI token"),
        "sendgrid_key": tr("SendGrid key"),
        "slack_token": tr("Slack token"),
        "slack_webhook": tr("Slack webhook"),
        "square_token": tr("Square token"),
        "stripe_key": tr("Stripe key"),
        "telegram_token": tr("Telegram token"),
        "twilio_key": tr("Twilio key"),
        "anthropic_key": tr("Anthropic key"),
        "openrouter_key": tr("OpenRouter key"),
        "google_key": tr("Google key"),
        "huggingface_token": tr("Hugging Face token"),
        "xai_key": tr("xAI key"),
        "assigned": tr("Password or key"),
    }.get(kind, kind)


def _places(found: Sequence[Found]) -> list[Mapping[str, Any]]:
    return [place for one in found for place in one["places"]]


def _where(found: Found) -> str:
    place = found["places"][0]
    return f"{part_words(str(place['part']))} · {place['path']} · {place['place']}"


def _shown_place(place: Mapping[str, Any]) -> str:
    return f"{place['path']} · {place['place']}:  {place['context']}"


def _decided(found: Found) -> str:
    return tr("send it") if found["decision"] else tr("nothing yet")
