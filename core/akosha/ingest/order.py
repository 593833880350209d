"""In which order the uploads of one vault follow each other. Clocks may be wrong: parents count before times."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable

from core.sync.manifest import Manifest


def newest_first(uploads: Iterable[Manifest]) -> list[Manifest]:
    """Each upload before the ones it follows; where that says nothing, the later one first.

    Those that go round in a circle (no writer makes such) come last, by their time.
    """
    left = {one.upload_id: one for one in uploads}
    followers = Counter(parent for one in left.values() for parent in set(one.parents) if parent in left)
    free = [_Late(one) for one in left.values() if not followers[one.upload_id]]
    heapq.heapify(free)
    ordered: list[Manifest] = []
    while free:
        one = heapq.heappop(free).upload
        ordered.append(left.pop(one.upload_id))
        for parent in set(one.parents):
            followers[parent] -= 1
            if parent in left and not followers[parent]:
                heapq.heappush(free, _Late(left[parent]))
    return ordered + [one.upload for one in sorted(_Late(one) for one in left.values())]


def follow(uploads: Iterable[Manifest], ancestor: str) -> set[str]:
    """Those of `uploads` that follow `ancestor`, by the parents they name."""
    children: dict[str, list[str]] = {}
    for one in uploads:
        for parent in one.parents:
            children.setdefault(parent, []).append(one.upload_id)
    found: set[str] = set()
    due = [ancestor]
    while due:
        for child in children.get(due.pop(), ()):
            if child not in found:
                found.add(child)
                due.append(child)
    return found


class _Late:
    """Sorts later uploads first."""

    def __init__(self, upload: Manifest) -> None:
        self.upload = upload

    def __lt__(self, other: _Late) -> bool:
        mine, its = self.upload, other.upload
        return (mine.uploaded_at, mine.upload_id) > (its.uploaded_at, its.upload_id)
