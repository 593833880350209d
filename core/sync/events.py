"""Commands to the engine and events from it: frozen dataclasses that cross a pipe or a socket as JSON.

A message on the wire is `{"v": 1, "type": "<class name>", ...fields}`. Unknown types and fields are an error for the
reader to report, never to guess at.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from core.errors import UsageError

PROTOCOL_VERSION = 1

State = Literal[
    "setup_needed",
    "waiting_for_keychain",
    "idle",
    "checking",
    "syncing",
    "paused",
    "offline",
    "held",
    "attention",
    "error",
    "resetting",
]
Stage = Literal["checking", "copying", "packing", "sending", "committing", "reading", "rebuilding", "verifying"]
Trigger = Literal["launch", "schedule", "source_changed", "session_end", "user", "retry", "shutdown"]


@dataclass(frozen=True)
class Sync:
    """Sync now. `only`: reflections, knowledge-graph or vault. `fallback`: whether the hub may stand in for a cloud
    that fails (None: as the settings say)."""

    method: str = "auto"
    full: bool = False
    only: str | None = None
    trigger: Trigger = "user"
    fallback: bool | None = None


@dataclass(frozen=True)
class CheckForChanges:
    """Stat everything and say what a sync would look at; sends nothing."""


@dataclass(frozen=True)
class Cancel:
    """Stop the run in progress within three seconds, cleanly."""


@dataclass(frozen=True)
class Status:
    """What `cogzy status --json` prints."""


@dataclass(frozen=True)
class ListUploads:
    """Every upload in the cloud that this vault can read."""


@dataclass(frozen=True)
class ListFiles:
    """The files of one upload."""

    upload_id: str


@dataclass(frozen=True)
class ListVaults:
    """Whose vaults lie at the place that the settings name. Sends nothing and needs no passphrase."""


@dataclass(frozen=True)
class PreviewUpload:
    """What would go up: every part with its sizes; of one `part` its files; of its file `path` the first lines."""

    part: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class FindSecrets:
    """Search for likely secrets in what would go up for the first time. Findings are masked."""


@dataclass(frozen=True)
class DecideSecrets:
    """Let the secrets with these ids (of FindSecrets) go up: `send`; None forgets what was decided."""

    ids: list[str]
    action: Literal["send"] | None = "send"


@dataclass(frozen=True)
class RedactSecrets:
    """Take the secrets with these ids (of FindSecrets) out of the vault's own records."""

    ids: list[str]


@dataclass(frozen=True)
class Restore:
    """Restore an upload (`latest` allowed) into folder `to`, or one `file` of it, or one source `in_place`."""

    upload_id: str
    to: str | None = None
    file: str | None = None
    in_place: str | None = None


@dataclass(frozen=True)
class Verify:
    """Read back `sample` percent of the stored pieces, and everything's structure."""

    sample: float = 1.0


@dataclass(frozen=True)
class PreviewReset:
    """Both sides, before a reset: counts, sizes, newest change, what exists only here."""

    upload_id: str | None = None


@dataclass(frozen=True)
class Reset:
    """Swap the vault for the upload's. `override`: older or partial uploads are refused unless told twice."""

    upload_id: str | None = None
    override: bool = False


@dataclass(frozen=True)
class UndoReset:
    """Put back the vault that the last reset (or undo) moved aside."""


@dataclass(frozen=True)
class TestConnection:
    """Send what sync sends, step by step."""

    __test__ = False


@dataclass(frozen=True)
class Encrypt:
    """`new`: start an encrypted copy; `change`: a new passphrase; `recovery-key`: a new printable key."""

    action: Literal["new", "change", "recovery-key"]


@dataclass(frozen=True)
class CheckVault:
    """Name every damaged, missing or misaligned file of the vault."""


@dataclass(frozen=True)
class Pause:
    """Pause background sync until the UNIX time `until` (None: until resumed)."""

    until: float | None = None


@dataclass(frozen=True)
class Resume:
    """End a pause."""


@dataclass(frozen=True)
class Search:
    """Find memories of the vault: the best `k` behind the `offset` best. `kind`: node or episode.

    Times are UNIX seconds: after <= created_at < before. An empty text finds nothing, tells what can be filtered by,
    and makes the next search a fast one.
    """

    text: str
    k: int = 10
    after: float | None = None
    before: float | None = None
    source: str | None = None
    project: str | None = None
    kind: str | None = None
    offset: int = 0


@dataclass(frozen=True)
class GetMemory:
    """One memory whole, with `around` turns before and after it. Where words of `text` match in it is told."""

    id: str
    kind: str | None = None
    around: int = 2
    text: str = ""


@dataclass(frozen=True)
class Import:
    """Take over exports of assistants: files, folders, zips. `source`: auto, or whose files alone are taken."""

    paths: tuple[str, ...]
    source: str = "auto"
    dry_run: bool = False


@dataclass(frozen=True)
class Understand:
    """Make ready for search what imports and syncs left for later: vectors, other programs' memories, clusters.

    It runs beside everything else. `anew`: vectors of another model are made again."""

    anew: bool = False


@dataclass(frozen=True)
class Shutdown:
    """Finish or cancel cleanly and end the process."""


@dataclass(frozen=True)
class StateChanged:
    """The engine's state. `until` (UNIX time) with paused; `reason` with held, offline, attention and error."""

    state: State
    until: float | None = None
    reason: str | None = None
    error: dict[str, Any] | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run is. Bytes are plain bytes read or restored; `eta_seconds` only when it can be trusted.

    `bytes_per_second`: of a sync, what goes over the wire; of what is brought back, what is restored.
    """

    stage: Stage
    files_done: int = 0
    files_total: int = 0
    bytes_done: int = 0
    bytes_total: int = 0
    bytes_per_second: float = 0.0
    eta_seconds: float | None = None
    item: str = ""


@dataclass(frozen=True)
class Understanding:
    """How far `Understand` is: memories that have got their vectors, of all that wait for one."""

    done: int
    total: int


@dataclass(frozen=True)
class Notice:
    """Something a person should know that did not stop the run: a busy database, a table without a key, ..."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SyncFinished:
    """A run ended. `result` is SyncResult.as_json()."""

    result: dict[str, Any]
    trigger: str = "user"


@dataclass(frozen=True)
class Done:
    """A command ended well; `value` is what it returns, as plain JSON."""

    value: Any = None


@dataclass(frozen=True)
class Failed:
    """A command failed; `error` is CogzyError.as_json()."""

    error: dict[str, Any]
    exit_code: int = 1


Command = (
    Sync
    | CheckForChanges
    | Cancel
    | Status
    | ListUploads
    | ListFiles
    | ListVaults
    | PreviewUpload
    | FindSecrets
    | DecideSecrets
    | RedactSecrets
    | Restore
    | Verify
    | PreviewReset
    | Reset
    | UndoReset
    | TestConnection
    | Encrypt
    | CheckVault
    | Pause
    | Resume
    | Search
    | GetMemory
    | Import
    | Understand
    | Shutdown
)
Event = StateChanged | Progress | Understanding | Notice | SyncFinished | Done | Failed

_TYPES: dict[str, type] = {t.__name__: t for t in (*Command.__args__, *Event.__args__)}


def to_wire(message: Command | Event) -> dict[str, Any]:
    """The JSON object of a command or event."""
    return {"v": PROTOCOL_VERSION, "type": type(message).__name__, **asdict(message)}


def from_wire(data: Any) -> Command | Event:
    """The command or event of a JSON object. Raises UsageError for anything else."""
    if not isinstance(data, dict) or data.get("v") != PROTOCOL_VERSION:
        raise UsageError("protocol.version", seen=str(data)[:80])
    kind = _TYPES.get(str(data.get("type")))
    values = {k: v for k, v in data.items() if k not in ("v", "type")}
    if kind is None or not {f.name for f in fields(kind)} >= set(values):
        raise UsageError("protocol.unknown", seen=str(data)[:80])
    message: Command | Event = kind(**values)
    return message
