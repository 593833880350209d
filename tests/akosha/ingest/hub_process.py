"""python -m tests.akosha.ingest.hub_process FOLDER CLOUD: one round of a hub in a process of its own, to be killed."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.akosha.ingest.hub import Hub, folder_source


async def main(folder: str, cloud: str) -> None:
    """Print the report of the round."""
    hub = await Hub(Path(folder), folder_source(Path(cloud))).open()
    try:
        print(json.dumps((await hub.worker.run_once()).as_json()))
    finally:
        await hub.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
