"""Sentences of the search core in core.memory."""

MESSAGES = {
    "memory.index_in_use": (
        "The search index is in use",
        "Another program is writing the index in {path}.",
        "Close the other window or hub that uses the same folder, and try again.",
    ),
}
