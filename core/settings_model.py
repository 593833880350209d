"""The settings themselves: one frozen model tree with every default, and the rules that a value must keep.

Invariants:
- A model can hold any value of the right type; `validate()` lists every rule that is broken, each with its field.
  (A window must be able to show a wrong value beside its error.)
- No secret is a setting. A URL with a user or password in it is a broken rule, and the value is not repeated.
"""

from __future__ import annotations

import dataclasses
import re
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from core.storage import StoreLocation

_FROZEN = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True, hide_input_in_errors=True)
_NUMBERS: dict[str, tuple[float, float]] = {
    "upload_timeout_seconds": (1, 86_400),
    "max_retries": (0, 20),
    "retry_backoff_seconds": (0, 300),
    "chunk_size_mb": (5, 512),
    "schedule.interval_minutes": (1, 10_080),
    "schedule.new_memories": (1, 1_000_000),
    "schedule.quiet_seconds": (0, 3_600),
    "schedule.full_image_days": (1, 365),
    "notifications.overdue_days": (1, 365),
    "limits.upload_kb_per_second": (0, 10_000_000),
    "limits.download_kb_per_second": (0, 10_000_000),
    "limits.concurrency": (1, 32),
    "network.connect_seconds": (0.1, 120),
    "window.rest_port": (1, 65_535),
}
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_CUSTOM_BUCKET = re.compile(r"[a-z0-9][a-z0-9._\-]{1,61}[a-z0-9]")  # Google and Ceph allow underscores
_FOLDER_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,127}")
_IPV4 = re.compile(r"\d+\.\d+\.\d+\.\d+")
_REGION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_\-]{0,63}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._\-]{0,63}")
_ID = re.compile(r"[0-9a-f]{32}|")
# hosts where the first label, when it is the bucket's name, is the bucket and not a part of the endpoint
_BUCKET_HOSTS = (
    ".amazonaws.com",
    ".r2.cloudflarestorage.com",
    ".backblazeb2.com",
    ".digitaloceanspaces.com",
    ".wasabisys.com",
    ".storage.googleapis.com",
    ".linodeobjects.com",
    ".scw.cloud",
    ".your-objectstorage.com",
)
_AWS_BUCKET_HOST = re.compile(r"(?P<bucket>.+)\.s3[.-].*\.?amazonaws\.com(\.cn)?")


@dataclass(frozen=True)
class SettingProblem:
    """A rule that a setting breaks. `code` and `params` fill the sentences of core.messages.settings."""

    field: str
    code: str
    params: dict[str, str | int | float | None] = dataclasses.field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """The form in which `--json` and windows carry a problem: like CogzyError.as_json(), with its field."""
        from core.messages import render

        title, cause, next_step = render(self.code, {"field": self.field, **self.params})
        said = {"title": title, "cause": cause, "next_step": next_step}
        return {"field": self.field, "code": self.code, "params": self.params, **said}


class AkoshaSyncConfig(BaseModel):
    """What a sync needs to know: the bucket or folder, the hub, and how hard to try."""

    model_config = _FROZEN

    cloud_bucket: str = ""
    cloud_endpoint: str = ""
    cloud_region: str = "auto"
    cloud_prefix: str = ""
    system_id: str = ""
    upload_on_session_end: bool = True
    enable_fallback: bool = True
    force_method: Literal["auto", "cloud", "http"] = "auto"
    upload_timeout_seconds: int = 300
    max_retries: int = 3
    retry_backoff_seconds: float = 2.0
    enable_compression: bool = True
    enable_deduplication: bool = True
    chunk_size_mb: int = 5
    hub_url: str = ""
    session_buddy_dir: str = "~/.claude/data"

    @classmethod
    def from_settings(cls, settings: object) -> Self:
        """The sync part of `settings`: a Settings, a mapping, or any object with attributes of these names."""
        if isinstance(settings, Settings):
            return cls.model_validate(settings.sync.model_dump())
        if isinstance(settings, Mapping):
            return cls.model_validate(dict(settings))
        return cls.model_validate({n: getattr(settings, n) for n in cls.model_fields if hasattr(settings, n)})

    @property
    def is_folder(self) -> bool:
        """The cloud copy lives in a folder (NAS, USB disk) and not behind S3."""
        return self.cloud_endpoint.lower().startswith("file:")

    @property
    def cloud_configured(self) -> bool:
        """A bucket or a folder is named; whether it answers is another question."""
        return bool(self.cloud_bucket or self.is_folder)

    @property
    def system_id_resolved(self) -> str:
        """The system id, or the host's name made safe while none was fixed yet."""
        return self.system_id or safe_host_name()

    @property
    def hub_endpoint(self) -> str:
        """Where the hub speaks MCP: the URL, at `/mcp` when it names no path. Empty without a hub."""
        parts = _split(self.hub_url)
        if not self.hub_url or parts is None:
            return ""
        return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/') or '/mcp'}"

    @property
    def hub_identity(self) -> str:
        """The hub's endpoint in one spelling."""
        parts = _split(self.hub_endpoint)
        if parts is None or not parts.hostname:
            return ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return f"{parts.scheme}://{parts.hostname.lower()}:{port}{parts.path}"

    def store_location(self) -> StoreLocation | None:
        """Where the cloud copy lives; None while no bucket and no folder is named."""
        from core.storage import StoreLocation

        if not self.cloud_configured:
            return None
        return StoreLocation(
            endpoint=self.cloud_endpoint,
            bucket=self.cloud_bucket,
            region=self.cloud_region,
            prefix=self.cloud_prefix.strip("/"),
        )

    def validate(self) -> list[SettingProblem]:  # type: ignore[override]  # pydantic's own is deprecated
        """Every rule that a value here breaks, in the order of the fields; empty when all is well."""
        found = [*_bucket(self), *_endpoint(self)]
        if self.cloud_prefix and _bad_prefix(self.cloud_prefix):
            found.append(SettingProblem("cloud_prefix", "settings.prefix", {"value": self.cloud_prefix}))
        if not _REGION.fullmatch(self.cloud_region):
            found.append(SettingProblem("cloud_region", "settings.region", {"value": self.cloud_region}))
        if self.system_id and not _NAME.fullmatch(self.system_id):
            found.append(SettingProblem("system_id", "settings.system_id", {"value": self.system_id}))
        found += _numbers(self, "")
        if self.hub_url:
            found += _url("hub_url", self.hub_url)
        return found


class SourceSetting(BaseModel):
    """A further source that the person named."""

    model_config = _FROZEN

    name: str
    kind: Literal["duckdb", "sqlite", "files"]
    path: str
    enabled: bool = True
    exclude: tuple[str, ...] = ()


SESSION_BUDDY_SWITCHES = {
    "session-buddy-reflection": "sources.session_buddy_reflection",
    "session-buddy-knowledge-graph": "sources.session_buddy_knowledge_graph",
}
"""The setting that switches each of Session-Buddy's databases, by the database's name as a source."""


class SourceSettings(BaseModel):
    """Which programs' memory is kept safe. `exclude`: folders and patterns that no source sends.

    `hold_secrets`: what is new is searched for likely secrets, and waits until a person decided about them.
    Without `session_buddy` neither of its databases goes up, whatever is said of each.
    """

    model_config = _FROZEN

    session_buddy: bool = True
    session_buddy_reflection: bool = True
    session_buddy_knowledge_graph: bool = True
    claude_code: bool = False
    exclude: tuple[str, ...] = ()
    hold_secrets: bool = True
    extra: tuple[SourceSetting, ...] = ()

    @property
    def session_buddy_on(self) -> frozenset[str]:
        """The names of Session-Buddy's databases that are kept safe."""
        each = SESSION_BUDDY_SWITCHES.items()
        on = (name for name, setting in each if getattr(self, setting.removeprefix("sources.")))
        return frozenset(on if self.session_buddy else ())


class ScheduleSettings(BaseModel):
    """When the app syncs by itself."""

    model_config = _FROZEN

    enabled: bool = True
    launch_check: bool = True
    interval_minutes: int = 5
    new_memories: int = 100
    quiet_seconds: int = 20
    full_image_days: int = 7


class NotificationSettings(BaseModel):
    """What is worth a notification, and after how many days without a commit in the bucket it is overdue."""

    model_config = _FROZEN

    level: Literal["off", "errors", "warnings", "all"] = "warnings"
    overdue_days: int = 3


class LimitSettings(BaseModel):
    """How much of the machine may be used. A rate of 0 is no limit."""

    model_config = _FROZEN

    upload_kb_per_second: int = 0
    download_kb_per_second: int = 0
    hold_on_metered: bool = True
    hold_on_battery: bool = False
    concurrency: int = 4

    @property
    def upload_bytes_per_second(self) -> int | None:
        """The cap on sending; None is no limit."""
        return self.upload_kb_per_second * 1000 or None

    @property
    def download_bytes_per_second(self) -> int | None:
        """The cap on fetching; None is no limit."""
        return self.download_kb_per_second * 1000 or None


class NetworkSettings(BaseModel):
    """How the network is reached. An empty proxy is none."""

    model_config = _FROZEN

    proxy: str = ""
    connect_seconds: float = 5.0


class WindowSettings(BaseModel):
    """The app with the window: how it looks, and what it serves. An empty language is the system's."""

    model_config = _FROZEN

    appearance: Literal["auto", "light", "dark", "contrast"] = "auto"
    reduce_motion: bool = False
    run_hub: bool = False
    hub_key_of: str = ""
    """The id of the encrypted vault that the app's own hub may read; a person agreed to it."""
    serve_rest: bool = False
    rest_port: int = 8683
    language: str = ""


class Settings(BaseModel):
    """Everything in config.json. The fields of `sync` stand at the top of the file, the sections under their names."""

    model_config = _FROZEN

    sync: AkoshaSyncConfig = AkoshaSyncConfig()
    vault_id: str = ""
    install_id: str = ""
    encrypted: bool = False
    hub_confirmed: str = ""
    """The `hub_consent` that a person gave. No other hub gets anything."""
    sources: SourceSettings = SourceSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    notifications: NotificationSettings = NotificationSettings()
    limits: LimitSettings = LimitSettings()
    network: NetworkSettings = NetworkSettings()
    window: WindowSettings = WindowSettings()
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    debug: bool = False

    @property
    def hub_consent(self) -> str:
        """What a person agrees to by confirming the hub; another address, or encrypting the vault, is another thing."""
        return f"{self.sync.hub_identity} {'encrypted' if self.encrypted else ''}".strip()

    def validate(self) -> list[SettingProblem]:  # type: ignore[override]  # pydantic's own is deprecated
        """Every rule that a value anywhere breaks; empty when all is well."""
        found = self.sync.validate()
        for name in ("vault_id", "install_id"):
            if not _ID.fullmatch(getattr(self, name)):
                found.append(SettingProblem(name, "settings.identity", {"value": getattr(self, name)}))
        for section in ("schedule", "notifications", "limits", "network", "window"):
            found += _numbers(getattr(self, section), f"{section}.")
        names = [source.name for source in self.sources.extra]
        if len(set(names)) < len(names) or not all(_NAME.fullmatch(name) for name in names):
            found.append(SettingProblem("sources.extra", "settings.source_name", {"value": ", ".join(names)}))
        if self.network.proxy:
            found += _url("network.proxy", self.network.proxy, plain_http=True)
        return found


def safe_host_name() -> str:
    """The host's name in letters, digits and dashes, fit for an object key; never empty."""
    name = socket.gethostname().split(".")[0].lower()
    return re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:40] or "system"


def _bucket(config: AkoshaSyncConfig) -> Iterator[SettingProblem]:
    bucket = config.cloud_bucket
    if not bucket:
        if config.cloud_endpoint and not config.is_folder:
            yield SettingProblem("cloud_bucket", "settings.bucket_missing", {"endpoint": _shown(config.cloud_endpoint)})
        return
    rule = _FOLDER_BUCKET if config.is_folder else _CUSTOM_BUCKET if config.cloud_endpoint else _BUCKET
    if not rule.fullmatch(bucket) or ".." in bucket or _IPV4.fullmatch(bucket):
        yield SettingProblem("cloud_bucket", "settings.bucket_name", {"value": bucket})


def _endpoint(config: AkoshaSyncConfig) -> Iterator[SettingProblem]:
    endpoint = config.cloud_endpoint
    if not endpoint:
        return
    if config.is_folder:
        yield from _folder(endpoint)
        return
    problems = list(_url("cloud_endpoint", endpoint))
    yield from problems
    inside = None if problems else _bucket_inside(urlsplit(endpoint), config.cloud_bucket)
    if inside:
        params = {"value": endpoint, "bucket": inside[0], "suggestion": inside[1]}
        yield SettingProblem("cloud_endpoint", "settings.endpoint_has_bucket", dict(params))


def _folder(endpoint: str) -> Iterator[SettingProblem]:
    parts = _split(endpoint)
    path = unquote(parts.path) if parts else ""
    absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path.lstrip("/")).is_absolute()
    if parts is None or parts.netloc not in ("", "localhost") or not absolute or path.strip("/") == "":
        yield SettingProblem("cloud_endpoint", "settings.folder_url", {"value": endpoint})


def _bucket_inside(parts: SplitResult, bucket: str) -> tuple[str, str] | None:
    """(bucket, endpoint without it) when the endpoint names the bucket in its path or its host."""
    host, path = (parts.hostname or "").lower(), parts.path.strip("/")
    port = f":{parts.port}" if parts.port else ""
    folders = path.split("/") if path else []
    if folders and (not bucket or folders[-1] == bucket):
        rest = "/".join(["", *folders[:-1]])
        return folders[-1], f"{parts.scheme}://{parts.netloc}{rest}"
    aws = _AWS_BUCKET_HOST.fullmatch(host)
    if aws and aws["bucket"] != "s3":
        return aws["bucket"], f"{parts.scheme}://{host[len(aws['bucket']) + 1 :]}{port}"
    if bucket and host.startswith(f"{bucket}.") and host.endswith(_BUCKET_HOSTS):
        return bucket, f"{parts.scheme}://{host[len(bucket) + 1 :]}{port}"
    return None


def _url(name: str, value: str, *, plain_http: bool = False) -> Iterator[SettingProblem]:
    from core.storage.location import is_loopback

    parts = _split(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        yield SettingProblem(name, "settings.url", {"value": _shown(value)})
    elif parts.username is not None or parts.password is not None:
        yield SettingProblem(name, "settings.secret_in_url", {})
    elif parts.scheme == "http" and not plain_http and not is_loopback(parts.hostname):
        yield SettingProblem(name, "settings.plain_http", {"host": parts.hostname, "value": _shown(value)})


def _split(value: str) -> SplitResult | None:
    """The parts of a URL; None when it has none, or no sensible port."""
    if re.search(r"[\s\x00-\x1f]", value):
        return None
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018  # raises for a port that is not a number in range
    except ValueError:
        return None
    return parts


def _shown(url: str) -> str:
    """A URL as it may be repeated in a message: without a user and password."""
    return re.sub(r"//[^/@]*@", "//…@", url)


def _bad_prefix(prefix: str) -> bool:
    inner = prefix.strip("/")
    return (
        not inner
        or len(inner.encode()) > 512
        or any(part in ("", ".", "..") for part in inner.split("/"))
        or bool(re.search(r"[\\\x00-\x1f\x7f]", inner))
    )


def _numbers(model: BaseModel, section: str) -> Iterator[SettingProblem]:
    for name in type(model).model_fields:
        low, high = _NUMBERS.get(section + name, (None, None))
        if low is None or high is None:
            continue
        value = getattr(model, name)
        if not low <= value <= high:
            yield SettingProblem(section + name, "settings.number", {"value": value, "low": low, "high": high})
