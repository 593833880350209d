"""The log: `<vault>/logs/cogzy.log`, rotating, readable by its user only.

Invariants:
- Never a secret: values given to `remember_secret` and anything that looks like a credential are replaced, in messages
  and in tracebacks alike.
- Never memory text: one record is at most a few lines, and other libraries are heard from WARNING up only (their debug
  records carry request bodies).
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path

HIDDEN = "[hidden]"
LONGEST_RECORD = 4000
_MOST_BYTES = 2 << 20
_KEPT_FILES = 3
_SHORTEST_SECRET = 4
_SECRET_VARIABLES = (
    "COGZY_CLOUD_KEY_ID",
    "COGZY_CLOUD_SECRET",
    "COGZY_HUB_TOKEN",
    "COGZY_REST_TOKEN",
    "COGZY_PASSPHRASE",
    "COGZY_NEW_PASSPHRASE",
    "COGZY_RECOVERY_KEY",
    "COGZY_SECRETS_PASSPHRASE",
    "AKOSHA_CLOUD_KEY_ID",
    "AKOSHA_CLOUD_SECRET",
    "AKOSHA_PASSPHRASE",
    "AKOSHA_VAULT_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
)
_PATTERNS = (
    re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    re.compile(r"\bak_[\w-]{43}"),
    re.compile(r"(?<=://)[^\s/@]+(?=@)"),
    re.compile(r"(?i)\b(?<=bearer )[\w.~+/=-]{8,}"),
    re.compile(r"(?i)(?<=signature=)[0-9a-f]{16,}"),
    re.compile(r"(?i)(?<=credential=)[^\s&,;]+"),
    re.compile(
        r"(?i)(?:secret|password|passphrase|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|key[_-]?id)"
        r"(?:[\"']?\s*[=:]\s*)[\"']?(?P<value>[^\s\"',;}&]{4,})"
    ),
)
_secrets: set[str] = set()


def remember_secret(value: str) -> None:
    """From now on this value is replaced wherever it would be logged or exported."""
    if len(value) >= _SHORTEST_SECRET:
        _secrets.add(value)


def redact(text: str) -> str:
    """`text` without remembered secrets and without what looks like a credential."""
    for pattern in _PATTERNS:  # first: a remembered secret within a longer one must not break what tells that one
        text = pattern.sub(_hide, text)
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def configure(vault: Path, environ: Mapping[str, str] = os.environ, *, verbose: bool = False) -> None:
    """Log to the vault's file; with `verbose` to standard error too. The level is COGZY_LOG_LEVEL, else INFO.

    The file is opened with the first record. A log that cannot be written stops nothing.
    """
    for name in _SECRET_VARIABLES:
        remember_secret(environ.get(name, ""))
    chosen = (environ.get("COGZY_LOG_LEVEL") or "INFO").upper()
    if chosen not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        chosen = "INFO"
    handlers: list[logging.Handler] = [_LateFile(vault / "logs" / "cogzy.log")]
    if verbose:
        handlers.append(logging.StreamHandler())
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler.formatter, _Formatter)]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for name in ("core", "desktop", "cogzy"):
        logging.getLogger(name).setLevel("DEBUG" if verbose else chosen)


class _Formatter(logging.Formatter):
    """One redacted record of bounded length."""

    def format(self, record: logging.LogRecord) -> str:
        text = redact(super().format(record))
        return text if len(text) <= LONGEST_RECORD else text[:LONGEST_RECORD] + " [cut]"


class _LateFile(logging.Handler):
    """The rotating file, opened with the first record: most commands have none, and its import costs 15 ms."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._file is None:
                self._file = self._open()
            self._file.setFormatter(self.formatter)
            self._file.handle(record)
        except OSError:
            logging.getLogger().removeHandler(self)  # a full or unwritable disk: the work matters more than its log

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        super().close()

    def _open(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        class OwnerOnly(RotatingFileHandler):
            def _open(self):  # type: ignore[no-untyped-def]  # the base's stream type is private
                return os.fdopen(
                    os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
                )

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return OwnerOnly(self._path, maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES, encoding="utf-8")


def _hide(match: re.Match[str]) -> str:
    value = match.groupdict().get("value")
    return match.group().replace(value, HIDDEN) if value else HIDDEN
