"""config.json, the environment and the defaults: who wins, what survives, and what happens to junk."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core.errors import BusyError, RefusedError, UsageError
from core.messages import catalog
from core.settings import InvalidSettingError, config_path, field_names, load, save, set_aside


def write(vault: Path, content: Any) -> None:
    vault.mkdir(parents=True, exist_ok=True)
    config_path(vault).write_text(content if isinstance(content, str) else json.dumps(content))


def codes(vault: Path, environ: dict[str, str] | None = None) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in load(vault, environ or {}).problems]


def test_no_file_gives_the_defaults_and_writes_nothing(vault_dir: Path) -> None:
    loaded = load(vault_dir, {})
    assert loaded.problems == []
    assert loaded.settings.sync.max_retries == 3
    assert not vault_dir.exists()


def test_environment_wins_over_file_over_default(vault_dir: Path) -> None:
    write(vault_dir, {"max_retries": 7, "chunk_size_mb": 8, "schedule": {"interval_minutes": 30}})
    environ = {"COGZY_MAX_RETRIES": "9", "COGZY_SCHEDULE_QUIET_SECONDS": "1", "COGZY_CLOUD_REGION": ""}
    loaded = load(vault_dir, environ)
    sync = loaded.settings.sync
    assert (sync.max_retries, sync.chunk_size_mb, sync.cloud_region) == (9, 8, "auto")
    assert (loaded.settings.schedule.interval_minutes, loaded.settings.schedule.quiet_seconds) == (30, 1)
    assert loaded.from_environment == {"max_retries", "schedule.quiet_seconds"}
    assert loaded.written["max_retries"] == "9"


def test_the_environment_speaks_text(vault_dir: Path) -> None:
    environ = {
        "COGZY_ENABLE_FALLBACK": "no",
        "COGZY_DEBUG": "1",
        "COGZY_LOG_LEVEL": "WARNING",
        "COGZY_SOURCES_EXCLUDE": "*.tmp, private/",
        "COGZY_SOURCES_EXTRA": '[{"name": "notes", "kind": "files", "path": "/n"}]',
        "COGZY_RETRY_BACKOFF_SECONDS": "0.5",
    }
    loaded = load(vault_dir, environ)
    assert loaded.problems == []
    settings = loaded.settings
    assert (settings.sync.enable_fallback, settings.debug, settings.log_level) == (False, True, "warning")
    assert settings.sources.exclude == ("*.tmp", "private/")
    assert settings.sources.extra[0].name == "notes"
    assert settings.sync.retry_backoff_seconds == 0.5


def test_a_section_that_is_none_does_not_hide_what_the_environment_says(vault_dir: Path) -> None:
    write(vault_dir, {"schedule": 5, "sync": {"max_retries": 9}})
    loaded = load(vault_dir, {"COGZY_SCHEDULE_INTERVAL_MINUTES": "7"})
    assert [(p.field, p.code) for p in loaded.problems] == [("schedule", "settings.not_section")]
    assert (loaded.settings.schedule.interval_minutes, loaded.settings.sync.max_retries) == (7, 3)
    assert save(vault_dir, {"schedule.quiet_seconds": 3}, {}).problems == []


def test_the_identity_is_never_taken_from_the_environment(vault_dir: Path) -> None:
    environ = {"COGZY_VAULT_ID": "ab" * 16, "COGZY_ENCRYPTED": "true", "COGZY_INSTALL_ID": "cd" * 16}
    settings = load(vault_dir, environ).settings
    assert (settings.vault_id, settings.install_id, settings.encrypted) == ("", "", False)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"max_retries": "many"}, [("max_retries", "settings.not_whole")]),
        ({"max_retries": 99}, [("max_retries", "settings.number")]),
        ({"max_retries": 2.5}, [("max_retries", "settings.not_whole")]),
        ({"max_retries": None}, [("max_retries", "settings.not_whole")]),
        ({"retry_backoff_seconds": "x"}, [("retry_backoff_seconds", "settings.not_number")]),
        ({"enable_fallback": "perhaps"}, [("enable_fallback", "settings.not_bool")]),
        ({"cloud_prefix": 5}, [("cloud_prefix", "settings.not_text")]),
        ({"force_method": "pigeon"}, [("force_method", "settings.choice")]),
        ({"log_level": []}, [("log_level", "settings.choice")]),
        ({"schedule": 5}, [("schedule", "settings.not_section")]),
        ({"schedule": {"interval_minutes": 0}}, [("schedule.interval_minutes", "settings.number")]),
        ({"sources": {"exclude": "x"}}, [("sources.exclude", "settings.not_list")]),
        ({"sources": {"extra": [{"name": "a"}]}}, [("sources.extra", "settings.missing")]),
        (
            {"sources": {"extra": [{"name": "a/b", "kind": "files", "path": "/"}]}},
            [("sources.extra", "settings.source_name")],
        ),
        ({"network": {"proxy": "nonsense"}}, [("network.proxy", "settings.url")]),
        ({"vault_id": "mine"}, [("vault_id", "settings.identity")]),
        ({"cloud_secret": "s3cret"}, [("cloud_secret", "settings.secret_in_file")]),
    ],
)
def test_a_bad_value_is_listed_and_its_default_used(
    vault_dir: Path, content: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    write(vault_dir, content)
    before = config_path(vault_dir).read_bytes()
    loaded = load(vault_dir, {})
    assert [(p.field, p.code) for p in loaded.problems] == expected
    assert loaded.settings.validate() == []
    assert config_path(vault_dir).read_bytes() == before
    for problem in loaded.problems:
        said = problem.as_json()
        assert said["code"] in catalog()
        assert "<" not in f"{said['title']}{said['cause']}{said['next_step']}", said
        assert "s3cret" not in str(said)


@pytest.mark.parametrize(
    "wrong",
    [{"cloud_endpoint": "http://nas.example"}, {"cloud_prefix": "../up"}, {"cloud_region": "!"}, {"cloud_bucket": 5}],
)
def test_one_wrong_part_of_the_address_leaves_it_all_empty_so_that_nothing_goes_elsewhere(
    vault_dir: Path, wrong: dict[str, Any]
) -> None:
    write(vault_dir, {"cloud_bucket": "memories", "cloud_endpoint": "https://s3.example", "cloud_prefix": "a"} | wrong)
    loaded = load(vault_dir, {})
    assert [p.field for p in loaded.problems] == list(wrong)
    assert loaded.settings.sync.store_location() is None
    assert loaded.settings.sync.cloud_endpoint == ""
    assert {n: loaded.written[n] for n in wrong} == wrong


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", "\x00\x01", '{"a": 1}}', "[" * 200_000, " " * (1 << 21)])
def test_a_damaged_file_is_kept_reported_and_not_overwritten(vault_dir: Path, junk: str) -> None:
    write(vault_dir, junk)
    loaded = load(vault_dir, {"COGZY_MAX_RETRIES": "5"})
    assert [(p.field, p.code) for p in loaded.problems] == [("config.json", "settings.file_damaged")]
    assert loaded.settings.sync.max_retries == 5
    with pytest.raises(RefusedError, match="not saved"):
        save(vault_dir, {"max_retries": 4}, {})
    assert config_path(vault_dir).read_text() == junk
    aside = set_aside(vault_dir)
    assert aside.read_text() == junk
    assert aside.name.startswith("config.json.damaged-")
    assert save(vault_dir, {"max_retries": 4}, {}).settings.sync.max_retries == 4


def test_a_file_written_by_a_windows_editor_is_read(vault_dir: Path) -> None:
    write(vault_dir, "")
    config_path(vault_dir).write_bytes(b'\xef\xbb\xbf{"max_retries": 4}\r\n')
    assert load(vault_dir, {}).settings.sync.max_retries == 4


def test_unknown_keys_and_other_values_survive_a_save(vault_dir: Path) -> None:
    kept = {"from_the_future": {"a": [1, None]}, "max_retries": 4, "schedule": {"newer": True, "quiet_seconds": 5}}
    write(vault_dir, kept)
    save(vault_dir, {"schedule.quiet_seconds": "30", "cloud_bucket": "memories"}, {})
    stored = json.loads(config_path(vault_dir).read_text())
    assert stored == kept | {"schedule": {"newer": True, "quiet_seconds": 30}, "cloud_bucket": "memories"}
    save(vault_dir, {"cloud_bucket": None, "schedule.quiet_seconds": None}, {})
    assert json.loads(config_path(vault_dir).read_text()) == kept | {"schedule": {"newer": True}}


def test_a_save_refuses_what_cannot_be_right_and_writes_nothing(vault_dir: Path) -> None:
    with pytest.raises(InvalidSettingError) as caught:
        save(vault_dir, {"max_retries": "many", "cloud_bucket": "A", "debug": True}, {})
    assert {p.field for p in caught.value.problems} == {"max_retries", "cloud_bucket"}
    assert caught.value.exit_code == 2
    assert not config_path(vault_dir).exists()


def test_the_address_can_be_given_one_part_at_a_time(vault_dir: Path) -> None:
    assert save(vault_dir, {"cloud_endpoint": "https://s3.example"}, {}).settings.sync.store_location() is None
    location = save(vault_dir, {"cloud_bucket": "memories"}, {}).settings.sync.store_location()
    assert location is not None
    assert (location.endpoint, location.bucket) == ("https://s3.example", "memories")


def test_a_name_that_is_none_suggests_the_nearest_and_a_secret_goes_elsewhere(vault_dir: Path) -> None:
    with pytest.raises(UsageError) as unknown:
        save(vault_dir, {"cloud_buket": "x"}, {})
    assert "cloud_bucket" in unknown.value.next_step
    with pytest.raises(UsageError) as secret:
        save(vault_dir, {"cloud_secret": "s3cret"}, {})
    assert "credentials set" in secret.value.next_step
    assert "s3cret" not in str(secret.value.as_json())


def test_two_writers_take_turns(vault_dir: Path) -> None:
    program = (
        "import sys, pathlib, core.settings\n"
        "for n in range(10): core.settings.save(pathlib.Path(sys.argv[1]), {sys.argv[2]: n + 1}, {})"
    )
    names = ["max_retries", "schedule.interval_minutes"]
    running = [subprocess.Popen([sys.executable, "-c", program, str(vault_dir), name]) for name in names]
    assert [process.wait(30) for process in running] == [0, 0]
    assert json.loads(config_path(vault_dir).read_text()) == {"max_retries": 10, "schedule": {"interval_minutes": 10}}


def test_a_writer_that_never_ends_is_named_as_busy(vault_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr("core.settings.LOCK_SECONDS", 0.1)
    vault_dir.mkdir()
    with FileLock(vault_dir / "config.lock"), pytest.raises(BusyError):
        save(vault_dir, {"max_retries": 4}, {})


def test_every_field_can_be_saved_and_read_back(vault_dir: Path) -> None:
    defaults = load(vault_dir, {}).settings
    for name in field_names():
        section, _, inner = name.rpartition(".")
        holder = getattr(defaults, section) if section else defaults.sync if hasattr(defaults.sync, name) else defaults
        save(vault_dir, {name: getattr(holder, inner)}, {})
    assert load(vault_dir, {}).settings == defaults
    assert load(vault_dir, {}).problems == []
    assert len(field_names()) == len(set(field_names())) >= 35


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.dictionaries(st.sampled_from([*field_names(), "schedule", "sources", "limits", "sync"]), _JSON))
def test_whatever_stands_in_the_file_loading_gives_usable_settings(vault_dir: Path, content: dict[str, Any]) -> None:
    write(vault_dir, content)
    loaded = load(vault_dir, {})
    assert loaded.settings.validate() == []
    for problem in loaded.problems:
        assert problem.as_json()["title"]
