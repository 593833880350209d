"""A cloud that was set up wrong, or that changed behind our back: each mistake by its name, and nothing lost by it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.bad_input.conftest import reader_of
from tests.bad_input.person import Person
from tests.servers import S3Server, free_port

SKEWED = (sys.executable, "-I", str(Path(__file__).with_name("skewed_cogzy.py")))


def must_be_told_and_mended(person: Person, error: str, code: int = 1, **wrong: str) -> dict[str, str]:
    """A sync with these settings fails with this error and the status shows it; without them all is well."""
    before = person.truth()
    told = person.told("sync", error=error, code=code, **wrong)
    status = person.cogzy("status", **wrong).answer
    assert status["error"]["code"] == error
    assert status["state"] == ("offline" if error == "storage.unreachable" else "error")
    assert person.truth() == before
    person.must_be_safe()
    status = person.cogzy("status").answer
    assert (status["state"], status["error"]) == ("idle", None)
    return told


def must_be_refused_and_mended(person: Person, error: str, **wrong: str) -> dict[str, str]:
    """Settings that cannot be right are refused before anything is tried, and the status names them."""
    before = person.truth()
    told = person.told("sync", error=error, code=2, **wrong)
    assert [problem["code"] for problem in person.cogzy("status", **wrong).answer["settings_problems"]] == [error]
    assert told["title"] in person.run("status", **wrong).out
    assert person.truth() == before
    person.must_be_safe()
    return told


def test_a_wrong_bucket(person: Person, rclone_s3: S3Server) -> None:
    person.uses(rclone_s3)
    told = must_be_told_and_mended(person, "storage.no_such_bucket", COGZY_CLOUD_BUCKET="no-such-bucket-here")
    assert "no-such-bucket-here" in told["cause"]


def test_a_wrong_key(person: Person, swift_s3: S3Server) -> None:
    person.uses(swift_s3)
    must_be_told_and_mended(person, "storage.key_refused", COGZY_CLOUD_SECRET="wrong")
    person.told("uploads", error="storage.key_refused", code=1, COGZY_CLOUD_KEY_ID="wrong:one")


def test_a_bucket_that_stands_in_the_endpoint_too(person: Person, swift_s3: S3Server) -> None:
    bucket = person.uses(swift_s3)
    wrong = f"{swift_s3.url}/{bucket}"
    told = must_be_refused_and_mended(person, "settings.endpoint_has_bucket", COGZY_CLOUD_ENDPOINT=wrong)
    assert f"cloud_endpoint to {swift_s3.url} and cloud_bucket to {bucket}" in told["next_step"]


def test_an_endpoint_in_clear_is_never_spoken_to(person: Person) -> None:
    told = person.told("config", "set", "cloud_endpoint", "http://s3.example.com", error="settings.plain_http", code=2)
    assert "https" in told["next_step"]
    public = {"COGZY_CLOUD_ENDPOINT": "http://s3.example.com", "COGZY_CLOUD_BUCKET": "my-bucket"}
    must_be_refused_and_mended(person, "settings.plain_http", **public)


def test_a_server_that_is_not_there(person: Person, rclone_s3: S3Server) -> None:
    person.uses(rclone_s3)
    nobody = f"http://127.0.0.1:{free_port()}"
    must_be_told_and_mended(person, "storage.unreachable", COGZY_CLOUD_ENDPOINT=nobody)


def test_a_key_that_may_only_read(person: Person, guarded_s3: S3Server) -> None:
    key_id, secret = reader_of(guarded_s3)
    bucket = person.uses(guarded_s3)
    told = must_be_told_and_mended(person, "storage.read_only", COGZY_CLOUD_KEY_ID=key_id, COGZY_CLOUD_SECRET=secret)
    assert bucket in told["cause"]
    steps = person.cogzy("test-connection", code=1, COGZY_CLOUD_KEY_ID=key_id, COGZY_CLOUD_SECRET=secret).answer[
        "steps"
    ]
    assert {step["name"]: step["ok"] for step in steps if step["name"] in ("sign-in", "list", "put")} == {
        "sign-in": True,
        "list": True,
        "put": False,
    }


def test_a_clock_that_is_two_hours_ahead(person: Person, swift_s3: S3Server) -> None:
    person.uses(swift_s3)
    person.program, right = SKEWED, person.program
    told = person.told("sync", error="storage.clock_skewed", code=1)
    assert "120 minutes" in told["cause"]
    person.program = right
    person.must_be_safe()


def test_keys_that_were_never_given(person: Person, rclone_s3: S3Server) -> None:
    person.uses(rclone_s3)
    told = must_be_told_and_mended(person, "credentials.no_keychain", COGZY_CLOUD_SECRET="")
    assert "cogzy credentials set" in told["next_step"]


@pytest.mark.parametrize("all_of_it", [True, False])
def test_a_bucket_that_was_emptied_behind_our_back(person: Person, rclone_s3: S3Server, all_of_it: bool) -> None:
    bucket = person.uses(rclone_s3)
    person.sync()
    client = rclone_s3.client()
    for item in client.list_objects_v2(Bucket=bucket)["Contents"]:
        if all_of_it or item["Key"].startswith("systems/"):
            client.delete_object(Bucket=bucket, Key=item["Key"])
    told = person.told("restore", "latest", "--to", str(person.folder / "to"), error="uploads.none", code=2)
    assert "cogzy sync" in told["next_step"] or "Sync first" in told["next_step"]
    assert person.cogzy("verify", code=3).answer["damage"][0]["error"]["code"] == "uploads.gone"
    said = person.run("sync")
    assert said.code == 0
    assert "The cloud copy is gone" in said.out + said.err
    assert person.restored() == person.truth()


def test_another_bucket_gets_everything_and_going_back_is_cheap(person: Person, rclone_s3: S3Server) -> None:
    first = person.uses(rclone_s3)
    person.sync()
    person.uses(rclone_s3)
    person.must_be_safe()
    person.uses(rclone_s3, first)
    assert person.sync().answer["pieces_new"] == 0
