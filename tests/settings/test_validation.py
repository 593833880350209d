"""Every rule names its field and its way out; what is right breaks none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from core.messages import catalog
from core.settings import AkoshaSyncConfig, Settings


def problems(**values: Any) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in AkoshaSyncConfig(**values).validate()]


def test_the_defaults_are_those_of_the_origin_and_break_no_rule() -> None:
    assert Settings().validate() == []
    assert AkoshaSyncConfig().model_dump() == {
        "cloud_bucket": "",
        "cloud_endpoint": "",
        "cloud_region": "auto",
        "cloud_prefix": "",
        "system_id": "",
        "upload_on_session_end": True,
        "enable_fallback": True,
        "force_method": "auto",
        "upload_timeout_seconds": 300,
        "max_retries": 3,
        "retry_backoff_seconds": 2.0,
        "enable_compression": True,
        "enable_deduplication": True,
        "chunk_size_mb": 5,
        "hub_url": "",
        "session_buddy_dir": "~/.claude/data",
    }


@pytest.mark.parametrize(
    "values",
    [
        {"cloud_bucket": "my-memories"},
        {"cloud_bucket": "my.memories.2", "cloud_region": "eu-central-1", "cloud_prefix": "backups/cogzy/"},
        {"cloud_bucket": "under_score", "cloud_endpoint": "https://storage.googleapis.com"},
        {"cloud_bucket": "memories", "cloud_endpoint": "https://s3.eu-central-003.backblazeb2.com"},
        {"cloud_bucket": "memories", "cloud_endpoint": "https://abc.r2.cloudflarestorage.com"},
        {"cloud_bucket": "memories", "cloud_endpoint": "https://x.supabase.co/storage/v1/s3"},
        {"cloud_bucket": "storage", "cloud_endpoint": "https://storage.example.org:9000"},
        {"cloud_bucket": "memories", "cloud_endpoint": "http://127.0.0.1:9000"},
        {"cloud_bucket": "memories", "cloud_endpoint": "http://localhost:9000/"},
        {"cloud_bucket": "memories", "cloud_endpoint": "http://[::1]:9000"},
        {"cloud_endpoint": "file:///media/backup/cogzy"},
        {"cloud_endpoint": "file:///D:/cogzy", "cloud_bucket": "Sub.Folder"},
        {"hub_url": "http://localhost:8682/mcp"},
        {"hub_url": "https://hub.example.org/mcp"},
        {"system_id": "laptop-a"},
        {"cloud_prefix": "ünïcode/präfix"},
    ],
)
def test_what_is_right_breaks_no_rule(values: dict[str, Any]) -> None:
    assert problems(**values) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"cloud_bucket": "My-Bucket"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "ab"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "a" * 64}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "s3://bucket"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "bucket/folder"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "a..b"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "192.168.1.1"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "under_score"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_bucket": "../up", "cloud_endpoint": "file:///x"}, [("cloud_bucket", "settings.bucket_name")]),
        ({"cloud_endpoint": "https://host.example"}, [("cloud_bucket", "settings.bucket_missing")]),
        (
            {"cloud_bucket": "memories", "cloud_endpoint": "http://192.168.1.5:9000"},
            [("cloud_endpoint", "settings.plain_http")],
        ),
        ({"cloud_bucket": "memories", "cloud_endpoint": "host.example"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "ftp://host"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "https://"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "https://h:99999"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "https://h/?x=1"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "https://[::1"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_bucket": "memories", "cloud_endpoint": "https://a b"}, [("cloud_endpoint", "settings.url")]),
        ({"cloud_endpoint": "file://server/share"}, [("cloud_endpoint", "settings.folder_url")]),
        ({"cloud_endpoint": "file:relative"}, [("cloud_endpoint", "settings.folder_url")]),
        ({"cloud_endpoint": "file:///"}, [("cloud_endpoint", "settings.folder_url")]),
        ({"cloud_prefix": "/"}, [("cloud_prefix", "settings.prefix")]),
        ({"cloud_prefix": "a//b"}, [("cloud_prefix", "settings.prefix")]),
        ({"cloud_prefix": "a/../b"}, [("cloud_prefix", "settings.prefix")]),
        ({"cloud_prefix": "a\\b"}, [("cloud_prefix", "settings.prefix")]),
        ({"cloud_prefix": "é" * 300}, [("cloud_prefix", "settings.prefix")]),
        ({"cloud_region": "eu central"}, [("cloud_region", "settings.region")]),
        ({"cloud_region": ""}, [("cloud_region", "settings.region")]),
        ({"system_id": "a/b"}, [("system_id", "settings.system_id")]),
        ({"system_id": "x" * 65}, [("system_id", "settings.system_id")]),
        ({"upload_timeout_seconds": 0}, [("upload_timeout_seconds", "settings.number")]),
        ({"max_retries": -1}, [("max_retries", "settings.number")]),
        ({"retry_backoff_seconds": float("nan")}, [("retry_backoff_seconds", "settings.number")]),
        ({"chunk_size_mb": 4}, [("chunk_size_mb", "settings.number")]),
        ({"hub_url": "http://hub.example/mcp"}, [("hub_url", "settings.plain_http")]),
        ({"hub_url": "hub"}, [("hub_url", "settings.url")]),
        (
            {"cloud_bucket": "A", "cloud_region": "!", "max_retries": 99},
            [
                ("cloud_bucket", "settings.bucket_name"),
                ("cloud_region", "settings.region"),
                ("max_retries", "settings.number"),
            ],
        ),
    ],
)
def test_each_wrong_value_is_listed_with_its_field(values: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert problems(**values) == expected


@pytest.mark.parametrize(
    ("endpoint", "bucket", "inside", "without"),
    [
        ("https://minio.example.org/memories", "memories", "memories", "https://minio.example.org"),
        ("https://minio.example.org:9000/memories/", "", "memories", "https://minio.example.org:9000"),
        ("https://host.example/a/b/memories", "memories", "memories", "https://host.example/a/b"),
        (
            "https://memories.s3.eu-west-1.amazonaws.com",
            "memories",
            "memories",
            "https://s3.eu-west-1.amazonaws.com",
        ),
        ("https://my.dots.s3.amazonaws.com", "other-bucket", "my.dots", "https://s3.amazonaws.com"),
        (
            "https://memories.abc.r2.cloudflarestorage.com",
            "memories",
            "memories",
            "https://abc.r2.cloudflarestorage.com",
        ),
    ],
)
def test_a_bucket_inside_the_endpoint_is_found_and_the_right_endpoint_said(
    endpoint: str, bucket: str, inside: str, without: str
) -> None:
    found = {p.code: p for p in AkoshaSyncConfig(cloud_endpoint=endpoint, cloud_bucket=bucket).validate()}
    params = found["settings.endpoint_has_bucket"].params
    assert (params["bucket"], params["suggestion"]) == (inside, without)


@pytest.mark.parametrize("url", ["https://key:s3cret@host.example", "https://s3cret@host.example"])
def test_a_secret_in_an_address_is_refused_and_not_repeated(url: str) -> None:
    found = [
        *AkoshaSyncConfig(cloud_endpoint=url, hub_url=url).validate(),
        *Settings.model_validate({"network": {"proxy": url}}).validate(),
    ]
    assert {p.code for p in found} >= {"settings.secret_in_url"}
    assert "s3cret" not in str([p.as_json() for p in found])


def test_every_problem_has_sentences_with_every_blank_filled() -> None:
    wrong = AkoshaSyncConfig(cloud_bucket="A", cloud_endpoint="http://x/A", cloud_prefix="//", max_retries=99)
    for problem in wrong.validate():
        assert problem.code in catalog()
        said = problem.as_json()
        assert "<" not in f"{said['title']}{said['cause']}{said['next_step']}", said


def test_a_config_is_made_from_settings_a_mapping_or_any_object_with_its_names() -> None:
    by_mapping = AkoshaSyncConfig.from_settings({"cloud_bucket": "memories", "unknown": 1})
    by_object = AkoshaSyncConfig.from_settings(SimpleNamespace(cloud_bucket="memories", other=2))
    by_settings = AkoshaSyncConfig.from_settings(Settings(sync=AkoshaSyncConfig(cloud_bucket="memories")))
    assert by_mapping == by_object == by_settings
    assert by_mapping.cloud_bucket == "memories"


def test_the_store_is_where_the_address_says_or_nowhere() -> None:
    assert AkoshaSyncConfig().store_location() is None
    assert not AkoshaSyncConfig().cloud_configured
    folder = AkoshaSyncConfig(cloud_endpoint="file:///media/backup")
    assert folder.cloud_configured
    location = folder.store_location()
    assert location is not None
    assert location.is_folder
    bucket = AkoshaSyncConfig(cloud_bucket="memories", cloud_prefix="/a/b/").store_location()
    assert bucket is not None
    assert (bucket.bucket, bucket.prefix, bucket.region) == ("memories", "a/b", "auto")


def test_the_system_id_falls_back_to_a_safe_host_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "Zoë's MacBook (2).local")
    assert AkoshaSyncConfig().system_id_resolved == "zo-s-macbook-2"
    monkeypatch.setattr("socket.gethostname", lambda: "日本")
    assert AkoshaSyncConfig().system_id_resolved == "system"
    assert AkoshaSyncConfig(system_id="laptop-a").system_id_resolved == "laptop-a"
