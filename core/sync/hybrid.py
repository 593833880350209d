"""Methods in order: the cloud first, the hub when the cloud fails. No fallback is silent: every outcome is told."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError, UsageError
from core.sync.errors import HybridSyncError
from core.sync.protocol import Attempt, SyncMethod, SyncResult

if TYPE_CHECKING:
    from core.sync.context import SyncContext

METHODS = ("cloud", "http")
_OUT_OF_REACH = ("storage.unreachable", "storage.timeout", "cloud.not_set_up", "hub.unreachable", "hub.timeout")


class HybridAkoshaSync:
    """`sync_memories` tries its methods in order until one succeeds.

    Give it a SyncContext, or the methods themselves. A hub that nobody confirmed is no method yet.
    """

    def __init__(
        self,
        config: SyncContext | None = None,
        methods: Sequence[SyncMethod] | None = None,
        *,
        enable_fallback: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._missing = "sync.not_set_up"
        if methods is None:
            if config is None:
                raise UsageError("sync.no_methods")
            from core.sync.cloud import CloudSyncMethod

            methods = [CloudSyncMethod(config)]
            if config.hub_allowed:
                from core.sync.http import HttpSyncMethod

                methods.append(HttpSyncMethod(config))
            elif config.settings.sync.hub_endpoint:
                self._missing = "hub.not_confirmed"
        if enable_fallback is None:
            enable_fallback = config is None or config.settings.sync.enable_fallback
        self.methods = list(methods)
        self._fallback = enable_fallback
        self._clock = clock

    async def sync_memories(self, force_method: str = "auto", **options: Any) -> SyncResult:
        """Sync by the first method that can. `force_method` names one to try alone.

        Raises HybridSyncError when no method succeeded, with every cause; UsageError for an unknown method.
        """
        names = [method.get_method_name() for method in self.methods]
        if force_method != "auto" and force_method not in {*names, *METHODS}:
            raise UsageError("sync.unknown_method", method=force_method, known=", ".join(names))
        attempts: list[Attempt] = []
        errors: list[BaseException] = []
        result: SyncResult | None = None
        for method in self.methods:
            name = method.get_method_name()
            if force_method not in ("auto", name):
                attempts.append(Attempt(name, "skipped", "sync.another_forced"))
            elif result is not None:
                attempts.append(Attempt(name, "skipped", "sync.not_needed"))
            elif errors and force_method == "auto" and not self._fallback:
                attempts.append(Attempt(name, "skipped", "sync.fallback_off"))
            else:
                result = await self._attempt(method, attempts, errors, options)
        for name in METHODS:
            if name not in names:
                attempts.append(Attempt(name, "skipped", self._missing))
        ordered = tuple(attempts)
        if result is None:
            missing = UsageError("sync.method_not_set_up", method=force_method)
            if self._missing == "hub.not_confirmed" and force_method == "http":
                missing = UsageError("hub.not_confirmed")
            error = HybridSyncError(method=force_method, errors=errors or [missing])
            error.attempts = ordered
            raise error
        return replace(result, attempts=ordered)

    async def _attempt(
        self, method: SyncMethod, attempts: list[Attempt], errors: list[BaseException], options: dict[str, Any]
    ) -> SyncResult | None:
        name, started = method.get_method_name(), self._clock()
        try:
            result = await method.sync(**options)
        except CogzyError as error:
            errors.append(error)
            outcome = "unavailable" if await _unavailable(method, error) else "failed"
            attempts.append(
                Attempt(name, outcome, error.code, round(self._clock() - started, 3), error.as_json())  # type: ignore[arg-type]
            )
            return None
        attempts.append(Attempt(name, "succeeded", None, round(self._clock() - started, 3)))
        return result


async def _unavailable(method: SyncMethod, error: CogzyError) -> bool:
    """Whether a failure means that the method could not be reached at all."""
    if error.code in _OUT_OF_REACH:
        return True
    available = method.is_available()
    return not (await available if inspect.isawaitable(available) else available)
