"""Making a vault's memory ready for search, in the background: what an import or a sync leaves for later.

In this order: other programs' memories beside the vault's own, vectors for what has none, clusters and the FAISS index.
Each step is whole or not at all, can be cancelled between its parts, and does nothing where nothing is behind.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import CogzyError
from core.memory import behind
from core.memory.model import EmbeddingError, find_model
from core.vault import LocalVaultService, reading

if TYPE_CHECKING:
    from core.sources import Source

_log = logging.getLogger(__name__)
Told = Callable[[int, int], None]


@dataclass
class Ready:
    """What was done: vectors `made` for nodes and for memories `beside`, sources that were read again, and whether
    clusters were made. `without_vectors`: nodes that still have none, and why. `problems`: sources not to be read."""

    made: int = 0
    beside: int = 0
    read: list[str] = field(default_factory=list)
    clustered: bool = False
    model: str | None = None
    without_vectors: int | None = None
    why_not: CogzyError | None = None
    problems: list[CogzyError] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The same as plain JSON."""
        told = {name: getattr(self, name) for name in ("made", "beside", "read", "clustered", "model")}
        return {
            **told,
            "without_vectors": self.without_vectors,
            "why_not": None if self.why_not is None else self.why_not.as_json(),
            "problems": [problem.as_json() for problem in self.problems],
        }


async def make_ready(
    vault: LocalVaultService,
    sources: Iterable[Source] = (),
    *,
    anew: bool = False,
    told: Told = lambda done, total: None,
    environ: Mapping[str, str] = os.environ,
) -> Ready:
    """Do all that is behind. `sources`: those of Session-Buddy. `anew`: see core.memory.later.embed_waiting.

    A step that fails is told in what is returned, and the others are done. Raises BusyError while another run embeds.
    """
    done = Ready()
    await _read_beside(vault.root, sources, done)
    await _embed(vault, anew, told, environ, done)
    try:
        done.clustered = await _cluster(vault)
    except CogzyError as error:
        _log.warning("no clusters were made: %s", error)
        done.problems.append(error)
    manifest = await asyncio.to_thread(reading.refreshed, vault.root)
    done.without_vectors = await asyncio.to_thread(behind.without_vectors, vault.root, manifest)
    return done


def due(root: Path, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether an import has left something: nodes that wait for the model on this computer, or clusters."""
    manifest = reading.refreshed(root)
    waits = bool(behind.without_vectors(root, manifest)) and find_model(environ) is not None
    return waits or behind.clusters_behind(root, manifest)


async def _read_beside(root: Path, sources: Iterable[Source], done: Ready) -> None:
    from core.memory import beside

    for source in sources:
        try:
            if await beside.refresh(root, source):
                done.read.append(source.name)
        except CogzyError as error:  # it is written to just now, or hurt: what was read before stays
            _log.warning("%s is searched as it last was: %s", source.name, error)
            done.problems.append(error)


async def _embed(vault: LocalVaultService, anew: bool, told: Told, environ: Mapping[str, str], done: Ready) -> None:
    from core.memory import beside

    manifest = await asyncio.to_thread(reading.refreshed, vault.root)
    waiting = await asyncio.to_thread(behind.without_vectors, vault.root, manifest)
    model = find_model(environ)
    others = [one for one in beside.kept(vault.root) if model is None or one.model != model.id]
    if not (waiting or others or anew):
        return
    from core.memory import later
    from core.memory.embedding import start_embedder

    try:
        if waiting or anew:
            embedded = await later.embed_waiting(vault, anew=anew, told=told, environ=environ)
            done.made, done.model = embedded.made, embedded.model
    except EmbeddingError as error:
        _log.info("nodes stay without vectors: %s", error)
        done.why_not = error
    if not others or (done.why_not is not None and done.why_not.code != "embedding.other_model"):
        return
    try:
        embedder = await start_embedder(vault=vault.root, environ=environ)
        try:
            done.beside = await beside.embed(vault.root, embedder, told)
        finally:
            await embedder.close()
    except EmbeddingError as error:
        done.why_not = done.why_not or error


async def _cluster(vault: LocalVaultService) -> bool:
    manifest = await asyncio.to_thread(reading.refreshed, vault.root)
    if not await asyncio.to_thread(behind.clusters_behind, vault.root, manifest):
        return False
    from core.memory.clusters import cluster
    from core.memory.stopping import in_thread

    stopped = threading.Event()
    made = await in_thread(partial(cluster, vault, stopped), stopped)
    return made is not None and made.changed
