"""The tools of the hub, by name: every way in (MCP, the plain calls, REST) comes through `Tools.call`."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from core.akosha.errors import RequestError
from core.akosha.tools.finding import Finding, Searched
from core.akosha.tools.schemas import TOOLS
from core.akosha.tools.storing import Storing
from core.errors import CogzyError, UsageError

if TYPE_CHECKING:
    from core.akosha.web.exchange import Exchange
    from core.akosha.web.metrics import Metrics

_log = logging.getLogger(__name__)
_Tool = Callable[[Mapping[str, Any], "Exchange"], Awaitable[dict[str, object]]]
_DESCRIPTIONS = {tool.name: tool for tool in TOOLS}


class Tools:
    """All tools over one hub."""

    def __init__(self, hub: Searched, metrics: Metrics, batch_items: int) -> None:
        self._metrics = metrics
        rooms = (Finding(hub, metrics), Storing(hub, batch_items))
        self._tools: dict[str, _Tool] = {
            name: next(getattr(room, name) for room in rooms if hasattr(room, name)) for name in _DESCRIPTIONS
        }

    async def call(self, name: str, given: Mapping[str, Any], exchange: Exchange) -> dict[str, object]:
        """The tool's result. Raises a CogzyError that a person can be shown, whatever happened."""
        exchange.tool = name if name in self._tools else None
        tool = self._tools.get(name)
        if tool is None:
            raise RequestError("akosha.no_tool", status=404, name=name[:80], known=", ".join(self._tools))
        outcome = "failed"
        try:
            assert exchange.principal is not None
            exchange.principal.require(_DESCRIPTIONS[name].scope)
            result = await tool(given, exchange)
            outcome = "ok"
        except CogzyError as error:
            outcome = "refused" if isinstance(error, UsageError) else "failed"
            exchange.code = error.code
            if outcome == "failed":
                _log.warning("tool failed", exc_info=error, extra={"data": {"request_id": exchange.request_id}})
            raise
        except Exception as error:
            _log.exception("tool failed", extra={"data": {"request_id": exchange.request_id, "tool": name}})
            exchange.code = "akosha.unexpected"
            raise CogzyError("akosha.unexpected") from error
        finally:
            self._metrics.call(name, outcome, exchange.counts)
        return result
