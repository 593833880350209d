"""People with computers, and servers that refuse them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bad_input.person import Person
from tests.servers import S3Server, serve


@pytest.fixture
def person(tmp_path: Path) -> Person:
    """A person with three memories, and nothing in the cloud yet."""
    person = Person(tmp_path)
    person.remember(1, 2, 3)
    return person


@pytest.fixture(scope="session")
def guarded_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server that knows rights. Its `ak` and `sk` may do everything; `reader_of` makes keys that may only read."""
    with serve("moto", tmp_path_factory.mktemp("guarded")) as server:
        yield server


def reader_of(server: S3Server) -> tuple[str, str]:
    """A key of this server that may only read, which from now on asks everybody for rights."""
    import boto3

    iam = boto3.session.Session(server.ak, server.sk, region_name="us-east-1").client("iam", endpoint_url=server.url)
    keys = {}
    for name, actions in (("owner", ["s3:*"]), ("reader", ["s3:GetObject", "s3:ListBucket"])):
        iam.create_user(UserName=name)
        keys[name] = iam.create_access_key(UserName=name)["AccessKey"]
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=policy)
    url = f"{server.url}/moto-api/reset-auth"
    urllib.request.urlopen(urllib.request.Request(url, b"0", {"Content-Type": "text/plain"}), timeout=5).close()
    server.ak, server.sk = keys["owner"]["AccessKeyId"], keys["owner"]["SecretAccessKey"]
    return keys["reader"]["AccessKeyId"], keys["reader"]["SecretAccessKey"]
