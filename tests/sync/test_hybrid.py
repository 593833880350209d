"""Methods in their order: who is tried, who is not, and that every outcome is told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.errors import BusyError, CogzyError, RefusedError, UsageError
from core.storage.errors import AccessError, UnreachableError
from core.sync.errors import CloudUploadError, HTTPSyncError, HubError, HybridSyncError, SyncError
from core.sync.hybrid import HybridAkoshaSync
from core.sync.protocol import SyncMethod, SyncResult

pytestmark = pytest.mark.asyncio

DOWN = UnreachableError("storage.unreachable", host="x", reason="refused")
REFUSED = AccessError("storage.key_refused", host="x")


@dataclass
class Method:
    """A method that does what it is told and remembers what it was asked."""

    name: str
    fails: CogzyError | None = None
    available: bool = True
    calls: list[dict[str, Any]] = field(default_factory=list)

    async def sync(
        self, upload_reflections: bool = True, upload_knowledge_graph: bool = True, **options: Any
    ) -> SyncResult:
        self.calls.append(options)
        await asyncio.sleep(0)
        if self.fails is not None:
            raise self.fails
        return SyncResult(method=self.name, success=True)

    async def is_available(self) -> bool:
        return self.available

    def get_method_name(self) -> str:
        return self.name


def cloud(error: CogzyError | None = None, *, available: bool = True) -> Method:
    return Method("cloud", CloudUploadError(method="cloud", original=error) if error else None, available)


def http(error: CogzyError | None = None, *, available: bool = True) -> Method:
    return Method("http", HTTPSyncError(method="http", original=error) if error else None, available)


def outcomes(result: SyncResult | HybridSyncError) -> list[tuple[str, str, str | None]]:
    return [(attempt.method, attempt.outcome, attempt.reason) for attempt in result.attempts]


async def test_a_fake_method_is_a_method() -> None:
    assert isinstance(cloud(), SyncMethod)


async def test_the_cloud_comes_first_and_is_enough() -> None:
    first, second = cloud(), http()
    result = await HybridAkoshaSync(methods=[first, second]).sync_memories(full=True, only="vault")
    assert (result.method, result.success) == ("cloud", True)
    assert outcomes(result) == [("cloud", "succeeded", None), ("http", "skipped", "sync.not_needed")]
    assert first.calls == [{"full": True, "only": "vault"}]
    assert second.calls == []


@pytest.mark.parametrize(
    ("error", "available", "outcome"),
    [
        (DOWN, True, "unavailable"),
        (UnreachableError("storage.timeout", host="x", operation="put"), True, "unavailable"),
        (UsageError("cloud.not_set_up"), True, "unavailable"),
        (REFUSED, True, "failed"),
        (REFUSED, False, "unavailable"),
        (BusyError("sync.state_busy", path="x"), True, "failed"),
    ],
)
async def test_the_hub_takes_over_and_it_is_told_why(error: CogzyError, available: bool, outcome: str) -> None:
    result = await HybridAkoshaSync(methods=[cloud(error, available=available), http()]).sync_memories()
    assert result.method == "http"
    assert outcomes(result) == [("cloud", outcome, error.code), ("http", "succeeded", None)]
    assert result.attempts[0].error == {**error.as_json()}


async def test_without_fallback_the_hub_is_not_asked() -> None:
    second = http()
    with pytest.raises(HybridSyncError) as caught:
        await HybridAkoshaSync(methods=[cloud(DOWN), second], enable_fallback=False).sync_memories()
    assert outcomes(caught.value) == [
        ("cloud", "unavailable", "storage.unreachable"),
        ("http", "skipped", "sync.fallback_off"),
    ]
    assert second.calls == []


@pytest.mark.parametrize("forced", ["cloud", "http"])
@pytest.mark.parametrize("works", [True, False])
async def test_a_forced_method_is_tried_alone(forced: str, works: bool) -> None:
    methods = {"cloud": cloud(None if works else DOWN), "http": http(None if works else DOWN)}
    hybrid = HybridAkoshaSync(methods=list(methods.values()))
    other = "http" if forced == "cloud" else "cloud"
    if works:
        assert (await hybrid.sync_memories(forced)).method == forced
    else:
        with pytest.raises(HybridSyncError) as caught:
            await hybrid.sync_memories(forced)
        assert (other, "skipped", "sync.another_forced") in outcomes(caught.value)
        assert len(caught.value.errors) == 1
    assert methods[other].calls == []


async def test_when_all_fail_every_cause_is_told_and_the_first_decides() -> None:
    refused = RefusedError("format.not_encrypted", vault_id="x")
    with pytest.raises(HybridSyncError) as caught:
        await HybridAkoshaSync(methods=[cloud(refused), http(DOWN)]).sync_memories()
    error = caught.value
    assert [type(one) for one in error.errors] == [CloudUploadError, HTTPSyncError]
    assert [one.original for one in error.errors if isinstance(one, SyncError)] == [refused, DOWN]
    assert (error.code, error.exit_code) == ("format.not_encrypted", RefusedError.exit_code)
    assert outcomes(error) == [
        ("cloud", "failed", "format.not_encrypted"),
        ("http", "unavailable", "storage.unreachable"),
    ]
    assert error.title
    assert error.next_step


async def test_a_method_that_is_not_there_is_told_as_skipped() -> None:
    result = await HybridAkoshaSync(methods=[cloud()]).sync_memories()
    assert outcomes(result)[1] == ("http", "skipped", "sync.not_set_up")


async def test_forcing_what_is_not_set_up_names_it() -> None:
    first = cloud()
    with pytest.raises(HybridSyncError) as caught:
        await HybridAkoshaSync(methods=[first]).sync_memories("http")
    assert first.calls == []
    assert caught.value.code == "sync.method_not_set_up"
    assert caught.value.params == {"method": "http"}
    assert caught.value.exit_code == UsageError.exit_code


async def test_an_unknown_method_is_wrong_use() -> None:
    with pytest.raises(UsageError) as caught:
        await HybridAkoshaSync(methods=[cloud()]).sync_memories("pigeon")
    assert caught.value.code == "sync.unknown_method"


async def test_with_no_methods_at_all_it_is_wrong_use() -> None:
    with pytest.raises(UsageError) as caught:
        HybridAkoshaSync()
    assert caught.value.code == "sync.no_methods"


async def test_a_bug_is_not_taken_for_a_failed_method() -> None:
    broken = cloud()
    broken.fails = ZeroDivisionError()  # type: ignore[assignment]  # a bug, not an error of ours
    with pytest.raises(ZeroDivisionError):
        await HybridAkoshaSync(methods=[broken, http()]).sync_memories()


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (HubError("hub.unreachable", retryable=True, host="x", reason="refused"), "unavailable"),
        (HubError("hub.timeout", retryable=True, host="x"), "unavailable"),
        (HubError("hub.token_wrong", host="x"), "failed"),
    ],
)
async def test_a_hub_that_fails_is_told_like_a_cloud_that_does(error: HubError, outcome: str) -> None:
    with pytest.raises(HybridSyncError) as caught:
        await HybridAkoshaSync(methods=[cloud(DOWN), http(error)]).sync_memories()
    assert outcomes(caught.value) == [
        ("cloud", "unavailable", "storage.unreachable"),
        ("http", outcome, error.code),
    ]
