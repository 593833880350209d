"""The hub's settings: where a value comes from, and that nothing wrong is ever passed over."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.akosha.settings import HubSettings, HubSettingsError, load


def _problems(**environ: str) -> dict[str, str]:
    with pytest.raises(HubSettingsError) as caught:
        load(environ)
    return {problem.field: problem.code for problem in caught.value.problems}


def test_a_hub_of_its_own_needs_no_setting(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path)
    assert (settings.host, settings.port, settings.on_loopback) == ("127.0.0.1", 8682, True)
    assert settings.store_location() is None
    assert settings.data == tmp_path


def test_an_option_wins_over_the_environment_and_that_over_the_default(tmp_path: Path) -> None:
    environ = {"AKOSHA_PORT": "9000", "AKOSHA_DATA": str(tmp_path), "AKOSHA_LOG_LEVEL": ""}
    assert load(environ).port == 9000
    assert load(environ, port=9001, host=None).port == 9001
    assert load(environ).log_level == "info"


@pytest.mark.parametrize(
    ("name", "value", "field", "meant"),
    [
        ("AKOSHA_MCP_PORT", "8700", "port", 8700),
        ("AKOSHA_DATA_PATH", "/srv/akosha", "data", Path("/srv/akosha")),
        ("AKOSHA_AUTH_ENABLED", "true", "require_token", True),
        ("AKOSHA_ALLOWED_HOSTS", "hub.example.org, hub", "allowed_hosts", ("hub.example.org", "hub")),
    ],
)
def test_names_that_programs_of_this_family_use_mean_the_same(name: str, value: str, field: str, meant: object) -> None:
    assert getattr(load({name: value}), field) == meant


def test_our_own_name_wins_over_the_other_one() -> None:
    assert load({"AKOSHA_PORT": "1", "AKOSHA_MCP_PORT": "2"}).port == 1


def test_every_wrong_value_is_named_at_once_and_not_repeated() -> None:
    with pytest.raises(HubSettingsError) as caught:
        load({"AKOSHA_PORT": "seven", "AKOSHA_DRAIN_SECONDS": "-1", "AKOSHA_REQUIRE_TOKEN": "perhaps"})
    assert {problem.field for problem in caught.value.problems} == {"port", "drain_seconds", "require_token"}
    assert caught.value.exit_code == 2
    assert "perhaps" not in str(caught.value)


def test_what_is_wrong_can_be_read() -> None:
    with pytest.raises(HubSettingsError) as caught:
        load({"AKOSHA_PORT": "banana", "AKOSHA_CLOUD_BUKET": "x", "AKOSHA_READ_SECONDS": "0"})
    assert caught.value.cause == (
        "AKOSHA_CLOUD_BUKET means nothing to the hub; perhaps AKOSHA_CLOUD_BUCKET was meant. "
        "port cannot have that value: input should be a valid integer, unable to parse string as an integer. "
        "read_seconds cannot have that value: input should be greater than or equal to 0.1."
    )
    with pytest.raises(HubSettingsError) as caught:
        load({"AKOSHA_CLOUD_BUCKET": "x"})
    assert caught.value.cause.startswith("cloud_bucket: 'x' is no bucket name")


def test_a_misspelt_setting_is_not_passed_over() -> None:
    assert _problems(AKOSHA_REQUIRE_TOKENS="true") == {"require_token": "akosha.setting_unknown"}


def test_settings_of_other_programs_in_the_environment_are_left_alone() -> None:
    load({"AKOSHA_MODE": "lite", "AKOSHA_REDIS_HOST": "x", "AKOSHA__STORAGE__HOT__BACKEND": "pg", "AKOSHA_URL": "x"})


def test_an_option_that_does_not_exist_is_a_problem() -> None:
    with pytest.raises(HubSettingsError):
        load({}, prot=1)


def test_the_bucket_is_that_of_this_computer_when_none_is_given() -> None:
    environ = {"COGZY_CLOUD_BUCKET": "memory", "COGZY_CLOUD_KEY_ID": "id", "COGZY_CLOUD_SECRET": "key"}
    settings = load(environ)
    location, secrets = settings.store_location(), settings.store_secrets()
    assert location is not None
    assert location.bucket == "memory"
    assert secrets is not None
    assert secrets.secret == "key"


def test_a_key_of_this_computers_bucket_never_goes_to_another_server() -> None:
    environ = {"AKOSHA_CLOUD_BUCKET": "other", "AKOSHA_CLOUD_ENDPOINT": "https://s3.example.org"}
    environ |= {"COGZY_CLOUD_KEY_ID": "id", "COGZY_CLOUD_SECRET": "key", "COGZY_CLOUD_PREFIX": "p"}
    settings = load(environ)
    assert settings.store_secrets() is None
    assert settings.cloud_prefix == ""


def test_a_wrong_bucket_is_named_by_its_field() -> None:
    assert _problems(AKOSHA_CLOUD_BUCKET="No Bucket") == {"cloud_bucket": "settings.bucket_name"}
    assert "cloud_endpoint" in _problems(AKOSHA_CLOUD_BUCKET="bucket", AKOSHA_CLOUD_ENDPOINT="http://s3.example.org")


def test_a_folder_needs_no_bucket_and_no_keys(tmp_path: Path) -> None:
    location = load({"AKOSHA_CLOUD_ENDPOINT": tmp_path.as_uri()}).store_location()
    assert location is not None
    assert location.is_folder


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert _problems(AKOSHA_TLS_CERTIFICATE=str(tmp_path / "none")) == {"tls_certificate": "akosha.tls_file"}
    (tmp_path / "key").touch()
    assert _problems(AKOSHA_TLS_KEY=str(tmp_path / "key")) == {"tls_key": "akosha.tls_half"}


def test_secrets_do_not_show() -> None:
    settings = load({"AKOSHA_CLOUD_KEY_ID": "AKID", "AKOSHA_CLOUD_SECRET": "sesame", "COGZY_PASSPHRASE": "opensesame"})
    assert "sesame" not in repr(settings)
    assert "AKID" not in repr(settings)


def test_settings_do_not_change(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        HubSettings(data=tmp_path).port = 1  # type: ignore[misc]
