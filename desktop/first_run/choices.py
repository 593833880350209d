"""What a person has chosen so far: settings as a draft, secrets as typed, and what becomes of what lies there already.

Nothing of it is written anywhere before Finish.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Signal

from core.storage.location import is_loopback
from desktop.settings.draft import Draft

PLACE = ("cloud_endpoint", "cloud_bucket", "cloud_region", "cloud_prefix")


@dataclass(frozen=True)
class Secrets:
    """What was typed, or nothing."""

    key_id: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    recovery_key: str = field(default="", repr=False)

    def environment(self) -> dict[str, str]:
        """As COGZY_* variables for a worker's standard input."""
        given = {
            "COGZY_CLOUD_KEY_ID": self.key_id,
            "COGZY_CLOUD_SECRET": self.secret,
            "COGZY_PASSPHRASE": self.passphrase,
            "COGZY_RECOVERY_KEY": self.recovery_key,
        }
        return {name: value for name, value in given.items() if value}


class Choices(QObject):
    """The choices of one first run. `changed` is sent with each."""

    changed = Signal()

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.no_cloud = False
        self.secrets = Secrets()
        self.bring: Mapping[str, Any] | None = None
        """The vault (of ListVaults) that is brought here; None: a new copy is begun."""
        self.encrypt = False
        draft.changed.connect(self.changed)

    @property
    def has_place(self) -> bool:
        """Whether a place was chosen that a copy can go to."""
        named = bool(self.draft.value("cloud_bucket")) or self.is_folder
        return named and not self.no_cloud and not any(name in self.draft.problems for name in PLACE)

    @property
    def is_folder(self) -> bool:
        """Whether the place is a folder."""
        return str(self.draft.value("cloud_endpoint")).startswith("file:")

    @property
    def is_remote(self) -> bool:
        """Whether others run the place: a bucket that is not on this computer."""
        endpoint = str(self.draft.value("cloud_endpoint"))
        host = urlsplit(endpoint).hostname or ""
        return self.has_place and not self.is_folder and not (host and is_loopback(host))

    @property
    def brings(self) -> bool:
        """Whether a vault of another computer comes here."""
        return self.bring is not None and not self.bring["own"]

    def settings(self) -> dict[str, object]:
        """The settings that are chosen, for a trial."""
        values = self.draft.settings()
        return values if self.has_place else {**values, **dict.fromkeys(PLACE, "")}

    def forget_place(self) -> None:
        """No cloud copy for now: the place's settings stay as they were."""
        self.no_cloud = True
        self.secrets = Secrets()
        self.bring = None
        self.changed.emit()
