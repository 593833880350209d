"""What Prometheus is told. Every label has a bounded set of values: none comes from a client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

ROUTES = frozenset(
    {"/health", "/healthz", "/ready", "/metrics", "/mcp", "/mcp/v1", "/mcp/mcp/v1", "/mcp/status"}
    | {"/v1/search", "/v1/systems", "/v1/uploads", "/v1/status", "/v1/ingest", "/v1/openapi.json"}
)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
_METHODS = frozenset({"GET", "POST", "DELETE", "HEAD", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The hub's own registry, so that two hubs in one process do not add up."""

    def __init__(self, tools: frozenset[str]) -> None:
        self._tools = tools
        self.registry = CollectorRegistry()
        self._requests = self._counter("requests", "Requests answered", ("method", "route", "status"))
        self._seconds = self._histogram("request_seconds", "Time to answer a request", ("route",))
        self._calls = self._counter("tool_calls", "Tool calls", ("tool", "outcome"))
        self._rows = self._counter("rows", "Memories that came over HTTP, by what became of them", ("outcome",))
        self._batches = self._counter("batches", "Batches of memories over HTTP")
        self._search = self._histogram("search_seconds", "Time of a search", ("mode",))
        self._uploads = self._gauge("uploads", "Uploads of the bucket, by state", ("state",))
        self._memories = self._gauge("memories", "Memories held", ("kind",))
        self._systems = self._gauge("systems", "Systems that have stored memories")
        self._indexed = self._gauge("indexed", "Memories in the search index", ("part",))
        self._ingestion = _Ingestion()
        self.registry.register(self._ingestion)

    def request(self, method: str, path: str, status: int, seconds: float) -> None:
        """A request was answered."""
        route = path if path in ROUTES else OTHER
        self._requests.labels(method if method in _METHODS else OTHER, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def call(self, tool: str, outcome: str, counts: Mapping[str, int]) -> None:
        """A tool was called; `outcome` is ok, refused or failed."""
        self._calls.labels(tool if tool in self._tools else OTHER, outcome).inc()
        for name in ("stored", "failed", "deleted"):
            if counts.get(name):
                self._rows.labels(name).inc(counts[name])
        if tool == "batch_store_memories" and outcome == "ok":
            self._batches.inc()

    def searched(self, mode: str, seconds: float) -> None:
        """A search was answered."""
        self._search.labels(mode).observe(seconds)

    def render(self, status: Mapping[str, Any]) -> bytes:
        """The exposition, with the sizes that `status` (of the application) has."""
        self._uploads.clear()
        self._memories.clear()
        for state, number in status["uploads"].items():
            self._uploads.labels(state).set(number)
        known = [(kind, number) for kind, number in status["by_kind"].items() if kind in _KINDS]
        for kind, number in known:
            self._memories.labels(kind).set(number)
        self._memories.labels(OTHER).set(status["memories"] - sum(number for _, number in known))
        self._systems.set(len(status["systems"]))
        self._ingestion.state = status["bucket"]["last_run"] or {}
        for part in ("records", "dense"):
            self._indexed.labels(part).set(status["index"][part])
        return generate_latest(self.registry)

    def _counter(self, name: str, said: str, labels: tuple[str, ...] = ()) -> Counter:
        return Counter(name, said, labels, namespace="akosha", registry=self.registry)

    def _gauge(self, name: str, said: str, labels: tuple[str, ...] = ()) -> Gauge:
        return Gauge(name, said, labels, namespace="akosha", registry=self.registry)

    def _histogram(self, name: str, said: str, labels: tuple[str, ...]) -> Histogram:
        return Histogram(name, said, labels, namespace="akosha", registry=self.registry, buckets=_SECONDS)


class _Ingestion(Collector):
    """The ingestion's own counters, as they are when somebody asks."""

    def __init__(self) -> None:
        self.state: Mapping[str, Any] = {}

    def collect(self) -> Iterator[Metric]:
        """Looks into the bucket, the uploads and the rows that came of them."""
        rounds = CounterMetricFamily("akosha_ingest_rounds", "Looks into the bucket", labels=["outcome"])
        failed = self.state.get("failed_rounds", 0)
        rounds.add_metric(["failed"], failed)
        rounds.add_metric(["ok"], self.state.get("rounds", 0) - failed)
        yield rounds
        for what, parts in (
            ("uploads", ("ingested", "skipped", "quarantined", "unreadable")),
            ("rows", ("rows", "deleted", "bad_rows")),
        ):
            family = CounterMetricFamily(f"akosha_ingest_{what}", f"Of the bucket, {what}", labels=["outcome"])
            for part in parts:
                family.add_metric([part], self.state.get(part, 0))
            yield family


_KINDS = frozenset({"conversation", "reflection", "entity", "relationship", "node", "episode", "memory"})
