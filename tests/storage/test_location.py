"""Places: one identity for each, no secrets over open networks, no keys that lead elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.storage import AccessError, StoreLocation, StoreSecrets, open_store
from core.storage.location import check, check_key, is_loopback
from core.storage.providers import signing_region

KEYS = StoreSecrets("id", "secret")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (StoreLocation("https://S3.Example.com/", "b"), StoreLocation("https://s3.example.com", "b", "eu-1")),
        (StoreLocation("s3.example.com", "b"), StoreLocation("https://s3.example.com:443", "b")),
        (StoreLocation("", "b"), StoreLocation("https://s3.amazonaws.com", "b")),
        (StoreLocation("https://h", "b", prefix="/a//b/"), StoreLocation("https://h", "b", prefix="a/b")),
        (StoreLocation("file:///tmp/x/"), StoreLocation("FILE:///tmp/x")),
        (StoreLocation("file:///tmp/x", "b"), StoreLocation("file:///tmp/x/b")),
    ],
)
def test_spellings_of_one_place_are_one_identity(one: StoreLocation, other: StoreLocation) -> None:
    assert one.identity == other.identity


def test_other_places_are_other_identities() -> None:
    places = [
        StoreLocation("https://h", "b"),
        StoreLocation("https://h:444", "b"),
        StoreLocation("http://h", "b"),
        StoreLocation("https://h", "c"),
        StoreLocation("https://h", "b", prefix="p"),
        StoreLocation("https://h/b", "b"),
        StoreLocation("file:///h/b"),
    ]
    assert len({place.identity for place in places}) == len(places)


def test_a_folder_is_found_whatever_its_name(tmp_path: Path) -> None:
    odd = tmp_path / "My Backup (100%) é#1"
    assert StoreLocation(odd.as_uri()).folder == odd
    assert StoreLocation(odd.as_uri(), "bucket").folder == odd / "bucket"


@pytest.mark.parametrize(
    ("location", "code"),
    [
        (StoreLocation("http://s3.example.com", "b"), "storage.plain_http"),
        (StoreLocation("http://10.0.0.1:9000", "b"), "storage.plain_http"),
        (StoreLocation("http://localhost.example.com", "b"), "storage.plain_http"),
        (StoreLocation("https://s3.example.com"), "storage.bad_location"),
        (StoreLocation("ftp://s3.example.com", "b"), "storage.bad_location"),
        (StoreLocation("https://", "b"), "storage.bad_location"),
        (StoreLocation("https://h:port", "b"), "storage.bad_location"),
        (StoreLocation("https://h", "a/b"), "storage.bad_location"),
        (StoreLocation("file:///tmp", "../x"), "storage.bad_location"),
        (StoreLocation("file:///tmp", ".."), "storage.bad_location"),
        (StoreLocation("file:relative"), "storage.bad_location"),
    ],
)
def test_places_that_cannot_be_right_are_refused(location: StoreLocation, code: str) -> None:
    with pytest.raises(AccessError) as raised:
        open_store(location, KEYS)
    assert raised.value.code == code


@pytest.mark.parametrize("endpoint", ["http://localhost:9000", "http://127.0.0.1", "http://[::1]:90", "https://h", ""])
def test_places_that_can_be_right_are_taken(endpoint: str) -> None:
    check(StoreLocation(endpoint, "bucket"))


@pytest.mark.parametrize(
    ("endpoint", "mistaken"),
    [
        ("https://bucket.s3.eu-1.example.com", True),
        ("https://s3.example.com/bucket", True),
        ("https://s3.example.com/bucket/", True),
        ("https://s3.example.com", False),
        ("https://bucketeer.example.com", False),
    ],
)
def test_a_bucket_inside_the_endpoint_is_noticed(endpoint: str, mistaken: bool) -> None:
    assert StoreLocation(endpoint, "bucket").bucket_in_endpoint is mistaken


@pytest.mark.parametrize(
    ("host", "configured", "region"),
    [
        ("account.r2.cloudflarestorage.com", "auto", "auto"),
        ("s3.us-west-004.backblazeb2.com", "auto", "us-west-004"),
        ("s3.eu-central-1.wasabisys.com", "auto", "eu-central-1"),
        ("s3.eu-west-3.amazonaws.com", "auto", "eu-west-3"),
        ("s3.amazonaws.com", "auto", "us-east-1"),
        ("fsn1.your-objectstorage.com", "", "fsn1"),
        ("minio.home.example", "auto", "us-east-1"),
        ("s3.us-west-004.backblazeb2.com", "mine", "mine"),
    ],
)
def test_the_region_is_told_by_the_host_unless_configured(host: str, configured: str, region: str) -> None:
    assert signing_region(host, configured) == region


@given(st.text(max_size=40))
def test_a_key_that_passes_stays_below_its_folder(key: str) -> None:
    try:
        check_key(key)
    except AccessError as error:
        assert error.code == "storage.bad_key"  # noqa: PT017
    else:
        root = Path("/root/of/store")
        path = root.joinpath(*key.split("/"))
        assert path.is_relative_to(root)
        assert ".." not in path.parts
        assert path != root


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("localhost.", False),
        ("app.localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("127.0.0.999", False),
        ("127.0.0.1.evil.example", False),
        ("localhost.evil.example", False),
        ("0.0.0.0", False),
        ("192.168.0.1", False),
    ],
)
def test_only_this_computer_is_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
