"""The part of the demo with a hub: two computers, one bucket, and what happens when the bucket is away.

The hub is a process of its own that knows the bucket and nobody's folders. What it claims to hold is compared with the
rows that the other program counts and with the files of both vaults.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.cli.demo import memories
from core.cli.demo.computer import Answer, Computer
from core.cli.demo.hub import Hub, serving_hub
from core.cli.demo.network import Server, Wire
from core.cli.demo.report import Report, Step
from core.cli.demo.writer import Writer

QUESTION = "what was said about the harbour"
SAID = {
    "laptop": "The harbour is settled: the night ferry leaves at nine.",
    "office": "The tickets for the harbour lie in the green folder.",
}
NEWS = "The lighthouse keeper moved into the cottage behind the quarry."
NEWS_QUESTION = "who lives behind the quarry"
NEW_MEMORIES = 25
_OFFICE_SHARE = 0.2
_WRITING_SECONDS = 1.0


@dataclass(frozen=True)
class Places:
    """What the rest of the demo has: the laptop with its writer, the bucket's server, and where to put more."""

    folder: Path
    server: Server
    bucket: str
    wire: Wire
    laptop: Computer
    writer: Writer
    scale: float


class HubStory:
    """Two computers and a hub."""

    def __init__(self, places: Places, office: Computer, report: Report, programs: ExitStack) -> None:
        self.places = places
        self.laptop = places.laptop
        self.office = office
        self.report = report
        self._programs = programs
        self._hub_to_bucket = Wire(places.server.port)
        self.hub: Hub
        self.token = ""
        self._held = 0

    def tell(self) -> None:
        """All steps, in their order. The writer rests before and after."""
        self.sync_a_second_computer()
        self.gather()
        self.find_what_both_know()
        self.push_what_is_there_already()
        self.lose_the_bucket()
        self.find_the_news()
        self.get_the_bucket_back()
        self.gather_again()

    def sync_a_second_computer(self) -> None:
        """Another computer with a memory of its own sends to the same bucket."""
        with self.report.step("a second computer, the same bucket") as step:
            memories.fill(self.office.vault, self.places.scale * _OFFICE_SHARE)
            memories.note(self.office.vault, SAID["office"])
            memories.note(self.laptop.vault, SAID["laptop"])
            first = self._sync(step, self.laptop)
            must_succeed(step, first)
            must_succeed(step, self._sync(step, self.office))
            uploaded = {path.name for path in (self.places.server.folder / self.places.bucket / "systems").iterdir()}
            step.check("the bucket holds uploads of both", uploaded == set(SAID), ", ".join(sorted(uploaded)))

    def gather(self) -> None:
        """A hub takes in all that the bucket holds."""
        with self.report.step("a hub takes in the bucket") as step:
            cloud = {**self.laptop.cloud, "cloud_endpoint": self._hub_to_bucket.url}
            self.hub = self._programs.enter_context(serving_hub(self.places.folder / "hub", cloud))
            self._ingest(step)
            step.rows = self._counts_must_be_right(step)

    def find_what_both_know(self) -> None:
        """One question to the hub, answered from both computers."""
        with self.report.step("a search finds memories of both") as step:
            answer = self.hub.search(QUESTION)
            step.notices = list(answer.data.get("notices", ()))
            step.check("the search ended well", answer.code == 0, str(answer.data.get("mode")), shown=False)
            for system, sentence in SAID.items():
                must_be_found(step, answer, system, sentence)

    def push_what_is_there_already(self) -> None:
        """The laptop is told of the hub and sends by HTTP what came in from the bucket before."""
        with self.report.step("the same memories once more, by HTTP") as step:
            made = self.hub.akosha("token", "create", "laptop")
            self.token = str(made.data.get("secret", ""))
            self.laptop.cogzy("config", "set", "hub_url", self.hub.url)
            tested = self.laptop.cogzy("test-connection", hub_token=self.token)
            passed = tested.code == 0 and bool(tested.data.get("hub", {}).get("confirmed"))
            step.check("the laptop's connection test passes, with a token of its own", passed, _why(tested))
            forged = self.hub.write_as("office", self.token)
            step.check("with it nobody writes as the office", forged == "auth.another_system", forged)
            must_succeed(step, self._push(step, "--method", "http"))
            self._counts_must_be_right(step)

    def lose_the_bucket(self) -> None:
        """The bucket is away; what changes meanwhile goes to the hub."""
        self.places.writer.go_on()
        with self.report.step("the bucket is away: HTTP to the hub") as step:
            self.places.wire.cut()
            self._hub_to_bucket.cut()
            memories.add(self.laptop.vault, NEW_MEMORIES)
            memories.note(self.laptop.vault, NEWS)
            time.sleep(_WRITING_SECONDS)  # of the other program's work
            self.places.writer.rest()
            answer = self._push(step)
            must_succeed(step, answer)
            outcomes = [(one["method"], one["outcome"]) for one in step.attempts]
            fell_back = answer.code == 0 and outcomes == [("cloud", "unavailable"), ("http", "succeeded")]
            step.check("cloud unavailable, HTTP succeeded, exit code 0", fell_back, _reason(step))
            self._status_must_be(
                step, ("attention", "cloud.hub_only"), "it says: not in your bucket, the hub has the rows"
            )
            self._held = self._counts_must_be_right(step)

    def find_the_news(self) -> None:
        """The hub answers with what no bucket has."""
        with self.report.step("a search finds what is new") as step:
            answer = self.hub.search(NEWS_QUESTION)
            must_be_found(step, answer, "laptop", NEWS)

    def get_the_bucket_back(self) -> None:
        """The next sync brings into the bucket what the hub alone had."""
        with self.report.step("the bucket is back, and catches up") as step:
            self.places.wire.mend()
            self._hub_to_bucket.mend()
            answer = self._sync(step, self.laptop)
            must_succeed(step, answer)
            caught_up = step.outcome("cloud") == "succeeded" and bool(step.rows)
            step.check("with nothing changed since, it sent the rows of before", caught_up, f"{step.rows} rows")
            self._status_must_be(step, ("idle", None), "it says that all is well", shown=False)

    def gather_again(self) -> None:
        """What the hub got twice, by HTTP and by the bucket, it holds once."""
        with self.report.step("the hub takes in the bucket again") as step:
            report = self._ingest(step)
            step.check("it took in the upload", report.get("ingested", 0) > 0, f"{report.get('ingested')}", shown=False)
            step.check("none of its rows was new to it", report.get("rows") == 0, f"{report.get('rows')}", shown=False)
            held = self._counts_must_be_right(step)
            step.check("as many as before", held == self._held, f"{self._held:,} before, {held:,} now", shown=False)
            found = [hit for hit in self.hub.search(NEWS_QUESTION).data.get("results", ()) if NEWS in hit["text"]]
            step.check("the news is there once", len(found) == 1, f"{len(found)} found", shown=False)

    # ------------------------------------------------------------------ what is done

    def _sync(self, step: Step, computer: Computer) -> Answer:
        sent = self.places.wire.sent
        answer = computer.cogzy("sync")
        step.synced(answer, self.places.wire.sent - sent)
        return answer

    def _push(self, step: Step, *options: str) -> Answer:
        sent = self.hub.wire.sent
        answer = self.laptop.cogzy("sync", *options, hub_token=self.token)
        step.synced(answer, self.hub.wire.sent - sent)
        return answer

    def _ingest(self, step: Step) -> dict[str, Any]:
        received = self._hub_to_bucket.received
        answer = self.hub.akosha("ingest", "--once")
        step.on_the_wire = self._hub_to_bucket.received - received
        step.rows = answer.data.get("rows")
        ended = answer.code == 0 and not answer.data.get("problems")
        step.check("every upload was readable", ended, _why(answer), shown=False)
        return answer.data

    # ------------------------------------------------------------------ what must hold

    def _counts_must_be_right(self, step: Step) -> int:
        """What the hub says that it holds is what both computers have; returns how many rows it says."""
        expected = {
            "laptop": self.places.writer.rows + memories.count(self.laptop.vault),
            "office": memories.count(self.office.vault),
        }
        counts = self.hub.counts()
        must_count(step, counts, expected)
        return sum(counts.values())

    def _status_must_be(self, step: Step, expected: tuple[str, str | None], what: str, *, shown: bool = True) -> None:
        status = self.laptop.cogzy("status", hub_token=self.token).data
        found = (status.get("state"), status.get("reason"))
        step.check(what, found == expected, ", ".join(map(str, filter(None, found))), shown=shown)


def must_succeed(step: Step, answer: Answer) -> None:
    """A sync that ended well."""
    step.check("the sync succeeded", answer.code == 0 and bool(answer.data.get("success")), _why(answer), shown=False)


def must_be_found(step: Step, answer: Answer, system: str, sentence: str) -> None:
    """A search's answer has this system's memory before all others of that system, and says whose it is."""
    hits = [hit for hit in answer.data.get("results", ()) if system in hit.get("systems", ())]
    held = bool(hits) and sentence in str(hits[0]["text"])
    step.check(f"of {system}", held, f"“{sentence}”" if held else f"not found: “{sentence}”")


def must_count(step: Step, counts: Mapping[str, int], expected: Mapping[str, int]) -> None:
    """What the hub holds is, system by system, as much as there is."""
    held = dict(counts) == dict(expected)
    seen = _sizes(counts) + ("" if held else f"; expected {_sizes(expected)}")
    step.check("the hub holds every row of both, and none twice", held, seen)


def _sizes(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{system}: {count:,}" for system, count in sorted(counts.items()))


def _reason(step: Step) -> str:
    return ", ".join(str(one["reason"]) for one in step.attempts if one["reason"])


def _why(answer: Answer) -> str:
    return str((answer.error or {}).get("title", ""))
