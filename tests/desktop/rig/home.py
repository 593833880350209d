"""A person's home with memory in it, and the environment that leads every program there and nowhere else."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from core import settings
from tests.servers import S3Server
from tests.sync.world import Computer

QUIET = {"schedule.enabled": False, "schedule.launch_check": False}
"""Nothing syncs by itself: a test says when."""


class Home:
    """Folders below `folder`, and `environ`, which names them to the app and its children.

    The cloud is a folder, unless `set_up` says something else.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.computer = Computer(folder, folder / "cloud")
        self.runtime = folder / "run"
        self.runtime.mkdir(mode=0o700)
        home = folder / "home"
        self.environ: dict[str, str] = {
            "HOME": str(home),
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
            "LANG": "C.UTF-8",
            "XDG_DATA_HOME": str(home / ".local" / "share"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_CACHE_HOME": str(home / ".cache"),
            "XDG_STATE_HOME": str(home / ".local" / "state"),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "CLAUDE_CONFIG_DIR": str(home / ".claude"),
            "COGZY_VAULT_DIR": str(self.vault),
            "COGZY_STATE_DIR": str(folder / "state"),
            "COGZY_RUNTIME_DIR": str(self.runtime / "cogzy"),
            "COGZY_SESSION_BUDDY_DIR": str(self.computer.memory),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
            "QT_QPA_PLATFORMTHEME": "generic",
        }

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.computer.vault

    @property
    def cloud(self) -> Path:
        """The folder that is the cloud."""
        return self.computer.cloud

    def set_up(self, changes: Mapping[str, object] | None = None) -> Home:
        """Save settings (dotted names) into the vault: a folder as the cloud and no schedule, unless told otherwise."""
        settings.save(self.vault, {"cloud_endpoint": self.cloud.as_uri(), **QUIET, **(changes or {})}, self.environ)
        return self

    def use_bucket(self, server: S3Server, changes: Mapping[str, object] | None = None) -> str:
        """A new bucket as the cloud, its key in the environment; the bucket's name."""
        bucket = server.new_bucket()
        self.set_up({"cloud_endpoint": server.url, "cloud_bucket": bucket, "cloud_region": "auto", **(changes or {})})
        self.environ |= {"COGZY_CLOUD_KEY_ID": server.ak, "COGZY_CLOUD_SECRET": server.sk}
        return bucket

    def add_transcripts(self, megabytes: float, files: int = 1) -> None:
        """Transcripts that shrink to half at best, and the setting that sends them. No word can pass for a secret."""
        settings.save(self.vault, {"sources.claude_code": True}, self.environ)
        each = int(megabytes * 1e6 / files)
        for number in range(files):
            path = self.computer.transcripts / f"project-{number}" / "session.jsonl"
            path.parent.mkdir(parents=True, exist_ok=True)
            line = json.dumps({"text": os.urandom(each * 4 // 9).hex(" ", 4)})
            path.write_text(line + "\n")
