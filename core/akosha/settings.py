"""The hub's settings: environment over default, options of the command over both.

Invariants:
- `load` names every wrong value at once and raises: a hub that guards other people's writing does not start on a guess.
- A name in the environment that looks like ours and is not is a problem too (a misspelt AKOSHA_REQUIRE_TOKEN would
  otherwise leave a door open); the other AKOSHA_ names that upstream programs know are left alone.
- Secrets are kept out of `repr` and never logged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from core.errors import UsageError
from core.settings_model import SettingProblem

if TYPE_CHECKING:
    from core.storage import StoreLocation, StoreSecrets

PREFIX = "AKOSHA_"
_ALSO_CALLED = {"MCP_PORT": "port", "DATA_PATH": "data", "AUTH_ENABLED": "require_token"}
_CLOUD = ("ENDPOINT", "BUCKET", "REGION", "PREFIX", "KEY_ID", "SECRET")
# what programs of this name know and we have no use for; a shared environment may hold them
_OF_OTHERS = (
    *("MODE", "API_PORT", "WARM_PATH", "COLD_", "CACHE_", "REDIS_", "PROMETHEUS_", "API_TOKEN", "JWT_"),
    *("TOOL_PROFILE", "_STORAGE", "NEW_PASSPHRASE", "RECOVERY_KEY", "TOKEN", "URL"),
)
_NEAREST = 0.75
_VAULT_KEY = re.compile(r"([0-9a-f]{32}:[0-9a-f]{64})?")


class HubSettingsError(UsageError):
    """One or more settings of the hub cannot be right; `problems` has each with its field."""

    def __init__(self, problems: list[SettingProblem]) -> None:
        super().__init__("akosha.settings", problems=" ".join(map(_sentence, problems)))
        self.problems = problems


class HubSettings(BaseModel):
    """Everything a hub can be told. Times in seconds, sizes in bytes, rates a second."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    host: str = Field(default="127.0.0.1", min_length=1, max_length=255)
    port: int = Field(default=8682, ge=0, le=65_535)
    data: Path = Field(default_factory=lambda: _default_data())
    require_token: bool | None = None
    allowed_hosts: tuple[str, ...] = ()
    """Host names, beside this computer's own, by which a reverse proxy calls it; with one, tokens are needed."""
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    """Both in PEM; the key is needed when it is not in the certificate's file."""
    shard_files: int = Field(default=1, ge=1, le=256)

    cloud_endpoint: str = ""
    cloud_bucket: str = ""
    cloud_region: str = "auto"
    cloud_prefix: str = ""
    cloud_key_id: str = Field(default="", repr=False)
    cloud_secret: SecretStr = SecretStr("")
    passphrase: SecretStr = SecretStr("")
    vault_key: SecretStr = SecretStr("")
    """`<vault id>:<master key in hex>` of one encrypted vault, for as long as the hub runs: it is kept nowhere."""
    ingest_interval_seconds: float = Field(default=30.0, ge=1, le=86_400)
    max_concurrent_ingests: int = Field(default=4, ge=1, le=64)

    drain_seconds: float = Field(default=30.0, ge=0, le=600)
    body_bytes: int = Field(default=64 << 20, ge=1 << 10, le=512 << 20)
    batch_items: int = Field(default=1_000, ge=1, le=1_000)
    requests_per_second: float = Field(default=500.0, gt=0, le=100_000)
    """For one token, or for one address without a token; ten seconds' worth may come at once."""
    concurrent_requests: int = Field(default=64, ge=1, le=10_000)
    connections: int = Field(default=512, ge=4, le=100_000)
    read_seconds: float = Field(default=10.0, ge=0.1, le=600)
    """How long headers may take, and a body that hardly moves."""
    search_seconds: float = Field(default=5.0, ge=0.1, le=60)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def on_loopback(self) -> bool:
        """Nobody but this computer reaches the socket itself."""
        from core.storage.location import is_loopback

        return is_loopback(self.host)

    def store_location(self) -> StoreLocation | None:
        """The bucket or folder whose uploads are taken in; None when none is set up."""
        from core.storage import StoreLocation

        if not self.cloud_bucket and not self.cloud_endpoint.lower().startswith("file:"):
            return None
        prefix = self.cloud_prefix.strip("/")
        return StoreLocation(self.cloud_endpoint, self.cloud_bucket, self.cloud_region, prefix)

    def store_secrets(self) -> StoreSecrets | None:
        """The bucket's key pair; None when it is not given."""
        from core.storage import StoreSecrets

        secret = self.cloud_secret.get_secret_value()
        return StoreSecrets(self.cloud_key_id, secret) if self.cloud_key_id and secret else None

    def vault_keys(self) -> dict[str, bytes]:
        """The master key that was given for this run, by its vault's id."""
        vault_id, _, key = self.vault_key.get_secret_value().partition(":")
        return {vault_id: bytes.fromhex(key)} if key else {}


def load(environ: Mapping[str, str] = os.environ, **options: object) -> HubSettings:
    """The settings in force: `options` (those that are not None), AKOSHA_<NAME>, defaults.

    The bucket's address and keys come as one from AKOSHA_CLOUD_… or, when none of these is set, from COGZY_CLOUD_….
    Raises HubSettingsError with every problem.
    """
    problems: list[SettingProblem] = []
    values: dict[str, object] = {}
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or not text.strip():
            continue
        rest = name[len(PREFIX) :]
        field = _ALSO_CALLED.get(rest, rest.lower())
        if field in HubSettings.model_fields:
            if rest not in _ALSO_CALLED or field not in values:
                values[field] = _read(field, text)
        elif not rest.startswith(_OF_OTHERS):
            nearest = _nearest(field)
            if nearest:
                params = {"variable": name, "suggestion": f"{PREFIX}{nearest.upper()}"}
                problems.append(SettingProblem(nearest, "akosha.setting_unknown", dict(params)))
    values |= _cloud_of_cogzy(environ, values)
    values |= {name: value for name, value in options.items() if value is not None}
    try:
        settings = HubSettings.model_validate(values)
    except ValidationError as error:
        problems += [_problem(one) for one in error.errors(include_url=False, include_input=False)]
        raise HubSettingsError(problems) from None
    problems += _rules(settings)
    if problems:
        raise HubSettingsError(problems)
    return settings


def _sentence(problem: SettingProblem) -> str:
    cause = str(problem.as_json()["cause"])
    if problem.code == "akosha.setting_unknown":
        return f"{cause.rstrip('.')}; perhaps {problem.params['suggestion']} was meant."
    return cause if problem.code == "akosha.setting_value" else f"{problem.field}: {cause}"


def _default_data() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("akosha", appauthor=False))


def _read(field: str, text: str) -> object:
    if field == "allowed_hosts":
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return Path(text).expanduser() if field in ("data", "tls_certificate", "tls_key") else text


def _cloud_of_cogzy(environ: Mapping[str, str], values: Mapping[str, object]) -> dict[str, object]:
    """The address of this computer's own bucket. Never half of one: a key must not go to somebody else's server."""
    found: dict[str, object] = {}
    if not any(name.startswith("cloud_") for name in values):
        given = {f"cloud_{name.lower()}": environ.get(f"COGZY_CLOUD_{name}", "") for name in _CLOUD}
        found |= {name: text for name, text in given.items() if text.strip()}
    if "passphrase" not in values and environ.get("COGZY_PASSPHRASE"):
        found["passphrase"] = environ["COGZY_PASSPHRASE"]
    return found


def _nearest(field: str) -> str | None:
    import difflib

    return next(iter(difflib.get_close_matches(field, HubSettings.model_fields, 1, _NEAREST)), None)


def _problem(error: Mapping[str, object]) -> SettingProblem:
    place = error["loc"]
    field = str(place[0]) if isinstance(place, tuple) and place else ""
    if error["type"] == "extra_forbidden":
        return SettingProblem(field, "akosha.setting_unknown", {"variable": field, "suggestion": "another name"})
    said = str(error["msg"])
    return SettingProblem(field, "akosha.setting_value", {"problem": said[:1].lower() + said[1:]})


def _rules(settings: HubSettings) -> list[SettingProblem]:
    from core.settings_model import AkoshaSyncConfig

    cloud = AkoshaSyncConfig(
        cloud_endpoint=settings.cloud_endpoint,
        cloud_bucket=settings.cloud_bucket,
        cloud_region=settings.cloud_region,
        cloud_prefix=settings.cloud_prefix,
    )
    found = cloud.validate()
    for name in ("tls_certificate", "tls_key"):
        path = getattr(settings, name)
        if path is not None and not path.is_file():
            found.append(SettingProblem(name, "akosha.tls_file", {"path": str(path)}))
    if not _VAULT_KEY.fullmatch(settings.vault_key.get_secret_value()):
        problem = "must be a vault's id and its key: 32 and 64 hex digits with a colon between"
        found.append(SettingProblem("vault_key", "akosha.setting_value", {"problem": problem}))
    if settings.tls_key and not settings.tls_certificate:
        found.append(SettingProblem("tls_key", "akosha.tls_half", {}))
    return found
