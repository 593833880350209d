"""The servers that the other tests rely on do what those tests assume."""

from __future__ import annotations

import pytest

from tests.servers import S3Server, ServerMissingError, find_program


@pytest.mark.parametrize("kind", ["rclone", "swift", "moto"])
def test_each_server_keeps_and_returns_bytes(kind: str, request: pytest.FixtureRequest) -> None:
    server: S3Server = request.getfixturevalue(f"{kind}_s3")
    bucket, client = server.new_bucket(), server.client()
    client.put_object(Bucket=bucket, Key="a/b", Body=b"x" * 70_000)
    assert client.get_object(Bucket=bucket, Key="a/b")["Body"].read() == b"x" * 70_000
    assert [o["Key"] for o in client.list_objects_v2(Bucket=bucket)["Contents"]] == ["a/b"]


def test_a_missing_server_names_its_fix() -> None:
    with pytest.raises(ServerMissingError, match="make test"):
        find_program("swift-no-such-server")
