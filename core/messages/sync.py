"""Sentences of core.sync."""

MESSAGES = {
    "sync.failed": ("The sync failed", "{message}", "It will be tried again; `cogzy diagnose` has the details."),
    "protocol.version": (
        "Two versions of Cogzy are talking",
        "A message of another protocol version arrived: {seen}",
        "Quit Cogzy everywhere and start it again.",
    ),
    "protocol.unknown": (
        "An unknown message arrived",
        "Nothing here understands {seen}",
        "Quit Cogzy everywhere and start it again.",
    ),
}
