"""The command socket of a vault: one owner serves it, many callers speak to it.

    place.py    where the vault and its owner's address are            standard library, cheap
    queue.py    requests left for the owner: `cogzy sync --queue`      standard library, cheap
    wire.py     the lines of the socket that are not engine messages
    server.py   the owner's side, on any asyncio loop
    client.py   the caller's side

Nothing is imported here: the first two must start in milliseconds.
"""
