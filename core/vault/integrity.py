"""What lies on the disk against what was committed.

- Size and mtime as committed: it is the committed file, and nothing is read. `thorough` hashes it all the same.
- Otherwise somebody edited it: what parses and aligns is adopted; what does not is set aside, kept, and named.
- Gone though it was committed: damage, unless it can be rebuilt. Never an empty file in its place.
- When a corpus and its vectors disagree the vectors are set aside: they can be made again from the text.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import BusyError, DamageError
from core.files import translated
from core.vault import records, vectors
from core.vault.border import readable
from core.vault.journal import Move, UnfinishedError, aside_name, commit, discard, new_transaction, recover
from core.vault.layout import (
    CORPORA,
    CORPUS_OF,
    DEDUP_INDEX,
    FAISS_INDEX,
    MANIFEST_PATH,
    SWAP_JOURNAL,
    TRACKED,
    is_derived,
)
from core.vault.manifest import Damage, Entry, VaultManifest, load

QUIET_SECONDS = 1.0
"""Another program may still be writing a file this fresh; it is looked at again before it is called damaged."""
_MOST_SECONDS = 5.0
_log = logging.getLogger(__name__)


@dataclass
class Findings:
    """What a look at the disk changes in the manifest, and which files it sets aside."""

    files: dict[str, Entry | None] = field(default_factory=dict)
    damaged: dict[str, Damage | None] = field(default_factory=dict)
    asides: list[Move] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.files or self.damaged)


def settle(root: Path, *, thorough: bool = False) -> VaultManifest:
    """Bring the vault and its manifest into agreement; under write.lock. Returns the manifest that then holds.

    Ends or drops an interrupted commit, adopts what others edited, sets aside what is damaged. Raises
    BusyError("vault.resetting") while a reset that was killed has not been ended by an engine.
    """
    if (root / SWAP_JOURNAL).exists():
        raise BusyError("vault.resetting")
    with translated(root):
        return _settled(root, thorough)


def _settled(root: Path, thorough: bool) -> VaultManifest:
    hurt = recover(root)
    lost = None
    try:
        manifest = load(root)
    except DamageError as error:
        manifest, lost = None, Damage(MANIFEST_PATH, error.code, aside_name(root, MANIFEST_PATH))
        _log.warning("the vault's manifest is damaged; the files are taken as they are")
    # After a loss no reader may take the new generation for the one it knew.
    before = manifest or VaultManifest(generation=int(time.time()) if lost else 0)
    findings = examine(root, before, thorough=thorough)
    findings.damaged |= {damage.relative: damage for damage in (hurt, lost) if damage}
    if lost and lost.quarantined:
        findings.asides.append(Move(MANIFEST_PATH, lost.quarantined, aside=True))
    if manifest is not None and not findings:
        return manifest
    after = before.advanced(findings.files, findings.damaged)
    transaction = new_transaction()
    try:
        commit(root, transaction, (), findings.asides, after)
    except UnfinishedError:
        raise
    except BaseException:
        discard(root, transaction, ())
        raise
    return after


def differing(root: Path, manifest: VaultManifest) -> list[str]:
    """The tracked files that are not as the manifest says, by stat alone."""
    found = []
    for name in TRACKED:
        entry = manifest.files.get(name)
        try:
            stat = (root / name).stat()
            same = entry is not None and entry.matches(stat)
        except FileNotFoundError:
            same = entry is None
        if not same:
            found.append(name)
    return found


def examine(root: Path, manifest: VaultManifest, *, thorough: bool = False) -> Findings:
    """Look at every file that differs (every tracked file when `thorough`) and decide: adopted, damaged or gone."""
    deadline = time.monotonic() + _MOST_SECONDS
    while True:
        findings = _examine_once(root, manifest, thorough)
        if not findings.asides or not _being_written(root, manifest) or time.monotonic() > deadline:
            return findings
        time.sleep(0.05)


def _examine_once(root: Path, manifest: VaultManifest, thorough: bool) -> Findings:
    findings = Findings()
    for name in TRACKED if thorough else differing(root, manifest):
        if (root / name).is_file():
            _examine_file(root, name, manifest, findings)
        elif name not in manifest.damaged and name in manifest.files:
            findings.files[name] = None
            if is_derived(name):
                _log.info("%s is gone; it will be built again", name)
            else:
                findings.damaged[name] = Damage(name, "vault.missing")
    _align(root, manifest, findings)
    return findings


def inspect(root: Path, relative: str) -> Entry:
    """Size, mtime, hash and count of a tracked file. Raises DamageError when it does not parse."""
    path = root / relative
    with readable(path), path.open("rb") as file:
        stat = os.fstat(file.fileno())
        if relative in CORPUS_OF:
            header = vectors.read_header(file, relative)
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return Entry(stat.st_size, stat.st_mtime_ns, digest, header.rows, header.width)
        data = file.read()
    count = None
    if relative in CORPORA:
        count = len(records.parse_corpus(data, relative).records)
    elif relative == DEDUP_INDEX:
        count = len(ingested_ids(records.parse_json(data, relative)))
    elif relative != FAISS_INDEX:
        records.parse_json(data, relative)
    return Entry(stat.st_size, stat.st_mtime_ns, hashlib.sha256(data).hexdigest(), count)


def ingested_ids(found: object) -> list[str]:
    """The ids in a dedup index: `{"ingested_ids": [...]}`, or a bare list. Raises DamageError for anything else."""
    ids = found.get("ingested_ids") if isinstance(found, dict) else found
    if not isinstance(ids, list):
        raise DamageError("vault.unreadable", path=DEDUP_INDEX, kept="-", reason="it has no list of ingested_ids")
    return [str(item) for item in ids]


def set_aside(root: Path, relative: str, problem: str, findings: Findings) -> Damage:
    """Decide to keep the damaged file `relative` under another name."""
    kept = aside_name(root, relative)
    damage = Damage(relative, problem, kept)
    findings.asides.append(Move(relative, kept, aside=True))
    findings.files[relative] = None
    findings.damaged[relative] = damage
    _log.warning("%s is damaged (%s); it is kept as %s", relative, problem, kept)
    return damage


def _being_written(root: Path, manifest: VaultManifest) -> bool:
    now = time.time()
    return any(
        0 <= now - (root / name).stat().st_mtime < QUIET_SECONDS
        for name in differing(root, manifest)
        if (root / name).exists()
    )


def _examine_file(root: Path, name: str, manifest: VaultManifest, findings: Findings) -> None:
    known = manifest.files.get(name)
    untouched = known is not None and known.matches((root / name).stat())
    try:
        entry = inspect(root, name)
    except DamageError as error:
        set_aside(root, name, "vault.hash_differs" if untouched else error.code, findings)
        return
    if known is not None and untouched:
        if known.sha256 != entry.sha256:
            set_aside(root, name, "vault.hash_differs", findings)
        return
    findings.files[name] = entry
    if known is not None:
        _log.info("%s was changed by another program; taken over", name)


def _align(root: Path, manifest: VaultManifest, findings: Findings) -> None:
    after = manifest.advanced(findings.files, findings.damaged)
    for vectors_name, corpus_name in CORPUS_OF.items():
        rows, found = after.files.get(vectors_name), after.files.get(corpus_name)
        if rows is None or corpus_name in after.damaged:
            continue
        if rows.count != (found.count if found is not None else 0):
            set_aside(root, vectors_name, "vault.misaligned", findings)


def seal(root: Path, generation: int, damaged: Mapping[str, Damage] | None = None) -> VaultManifest:
    """The manifest of whatever lies below `root`, a restored tree for example.

    Raises DamageError for what does not parse or align.
    """
    files = {name: inspect(root, name) for name in TRACKED if (root / name).is_file()}
    for vectors_name, corpus_name in CORPUS_OF.items():
        rows, found = files.get(vectors_name), files.get(corpus_name)
        if rows is not None and rows.count != (found.count if found else 0):
            raise DamageError("vault.misaligned", path=vectors_name, kept="-")
    return VaultManifest(generation, files, damaged or {})
