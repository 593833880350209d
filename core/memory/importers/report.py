"""What an import saw besides what it took: counted and named with file and place, never dropped in silence.

A finding's `code` has its sentences in core.messages.importing. Of each code and name the first place in each file is
kept, and how many there were.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_FINDINGS = 200
"""Different ones of one code; what comes after these is counted as OTHERS."""
OTHERS = "others"


@dataclass
class Finding:
    """`name`: what it was (a content type, a key, a kind of file); `place`: where in `file` the first one stood."""

    code: str
    name: str
    file: str
    place: str
    count: int = 1

    def as_json(self) -> dict[str, Any]:
        """The object that `cogzy import --json` prints."""
        return asdict(self)


@dataclass
class Report:
    """Counts of an import. `turns` and `conversations` are what the files hold, the others what became of them."""

    files: int = 0
    conversations: int = 0
    turns: int = 0
    messages: int = 0
    new_conversations: int = 0
    grown_conversations: int = 0
    new_turns: int = 0
    changed_turns: int = 0
    private_parts: int = 0
    embedded: int = 0
    sources: Counter[str] = field(default_factory=Counter)
    """Turns by source."""
    file: str = ""
    """The one that is being read."""
    _findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    _different: Counter[str] = field(default_factory=Counter)

    def note(self, code: str, name: str = "", place: str = "", *, count: int = 1) -> None:
        """Count something in the file that is being read."""
        key = (code, name[:120], self.file)
        found = self._findings.get(key)
        if found is None and self._different[code] >= MOST_FINDINGS:
            key, place = (code, OTHERS, ""), ""
            found = self._findings.get(key)
        if found is None:
            self._different[code] += 1
            self._findings[key] = Finding(*key, place, count)
        else:
            found.count += count

    @property
    def findings(self) -> list[Finding]:
        """All of them, by code, the most frequent first; OTHERS after those that are named."""
        others = (OTHERS, "")
        return sorted(
            self._findings.values(),
            key=lambda one: (one.code, (one.name, one.file) == others, -one.count, one.name, one.file),
        )

    def as_json(self) -> dict[str, Any]:
        """Counts and findings as one JSON object."""
        counts = {name: value for name, value in vars(self).items() if isinstance(value, int)}
        return {**counts, "sources": dict(self.sources), "findings": [one.as_json() for one in self.findings]}
