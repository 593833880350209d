"""Tokens between real processes: a system writes as itself alone, and a revoked token is told plainly."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.akosha.end_to_end.household import Hub, outcomes, someone
from tests.servers import S3Server

GUARDED = {"AKOSHA_REQUIRE_TOKEN": "true"}


@pytest.fixture
def hub(tmp_path: Path) -> Hub:
    return Hub(tmp_path / "hub")


def test_a_system_writes_as_itself_alone(tmp_path: Path, hub: Hub) -> None:
    laptop, office = someone(tmp_path, "laptop"), someone(tmp_path, "office")
    laptop.remember(1, 2)
    office.remember(3)
    with hub.running(**GUARDED):
        secret = hub.token("laptop")
        way = {"COGZY_HUB_URL": hub.url, "COGZY_HUB_TOKEN": secret}
        laptop.sync("--method", "http", **way)
        told = office.told("sync", "--method", "http", error="hub.token_refused", code=1, **way)
        assert "laptop" in told["cause"]

        forged = [{"memory_id": "f1", "text": "forged", "system_id": "office"}]
        forged += [{"memory_id": "f2", "text": "forged", "metadata": {"system_id": "office"}}]
        forged += [{"memory_id": "own", "text": "my own", "metadata": {"source": "office"}}]
        call = {"name": "batch_store_memories", "arguments": {"memories": forged}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        answer = httpx.post(f"{hub.url}/v1", json=message, headers={"Authorization": f"Bearer {secret}"}, timeout=20)
        result = answer.json()["result"]
        assert [(one["index"], one["code"]) for one in result["errors"]] == [
            (0, "auth.another_system"),
            (1, "auth.another_system"),
        ]
        assert hub.holds() == {"laptop": {"memory": 1, "node": 2}}


def test_a_revoked_token_stops_the_method_with_a_clear_error_and_the_bucket_goes_on(
    tmp_path: Path, hub: Hub, rclone_s3: S3Server
) -> None:
    laptop = someone(tmp_path, "laptop", rclone_s3)
    laptop.remember(1)
    with hub.running(**GUARDED):
        way = {"COGZY_HUB_URL": hub.url, "COGZY_HUB_TOKEN": hub.token("laptop")}
        laptop.sync("--method", "http", **way)
        (token,) = hub.asked("token", "list")["tokens"]
        hub.told("token", "revoke", token["id"])
        laptop.remember(2)
        told = laptop.told("sync", "--method", "http", error="hub.token_wrong", code=1, **way)
        assert "token create" in told["next_step"] or "hub_token" in told["next_step"]
        assert hub.holds() == {"laptop": {"node": 1}}
        assert outcomes(laptop.sync(**way).answer)[0] == ("cloud", "succeeded", None)

        way["COGZY_HUB_TOKEN"] = hub.token("laptop")
        laptop.sync("--method", "http", **way)
        assert hub.holds() == {"laptop": {"node": 2}}


def test_a_token_that_may_only_read_and_none_at_all_are_told_apart(tmp_path: Path, hub: Hub) -> None:
    laptop = someone(tmp_path, "laptop")
    laptop.remember(1)
    with hub.running(**GUARDED):
        way = {"COGZY_HUB_URL": hub.url}
        laptop.told("sync", "--method", "http", error="hub.token_missing", code=1, **way)
        reader = hub.token("laptop", "read")
        laptop.told("sync", "--method", "http", error="hub.not_allowed", code=1, COGZY_HUB_TOKEN=reader, **way)
        assert hub.holds() == {}
