"""A process that stores as fast as it can and says on standard output what was acknowledged; to be killed.

python -m tests.akosha.store.storer FOLDER ROUND

Each line is one acknowledgement: "put SYSTEM FIRST LAST VERSION", "delete SYSTEM NUMBER", "upload SYSTEM ID ROWS".
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from core.akosha.store import HubStore, Sizes
from tests.akosha.store.samples import dead, row, vector

VECTORS = [vector(seed) for seed in range(10)]


def say(line: str) -> None:
    """One write, so that a kill never cuts what it stands for."""
    os.write(1, f"{line}\n".encode())


async def push(store: HubStore, system: str, size: int, version: int) -> None:
    """Put, change and delete rows for ever."""
    step = 0
    while True:
        first = step % 20 * size
        rows = [row(n, f"{system} {n} {version}.{step}", vector=VECTORS[n % 10]) for n in range(first, first + size)]
        await store.put(system, rows)
        say(f"put {system} {first} {first + size - 1} {version}.{step}")
        if step % 3 == 2:
            await store.put(system, [dead(first)])
            say(f"delete {system} {first}")
        step += 1


async def upload(store: HubStore, system: str, version: int) -> None:
    """Upload for ever, now and then a big one."""
    step = 0
    while True:
        rows = 2500 if step % 4 == 3 else 20
        name = f"{version}-{step}"
        async with store.upload(system, name, 1e9) as tx:
            await tx.put(row(n, f"{name} {n}", vector=VECTORS[n % 10], origin=name) for n in range(rows))
        say(f"upload {system} {name} {rows}")
        step += 1


async def main(folder: Path, version: int) -> None:
    """Everything at once."""
    store = await HubStore.open(folder, sizes=Sizes(checkpoint="1MB"))
    say("ready")
    await asyncio.gather(
        push(store, "one", 1, version),
        push(store, "few", 10, version),
        push(store, "many", 200, version),
        upload(store, "uploading", version),
    )


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
