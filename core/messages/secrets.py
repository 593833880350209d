"""Sentences of what is held back because of likely secrets."""

MESSAGES = {
    "secrets.held": (
        "Likely secrets wait for your decision",
        "What is new in {name} holds {count} that look like keys or passwords; it was not sent.",
        "`cogzy preview` shows them and says how to decide; then sync again.",
    ),
    "secrets.unknown": (
        "There is no such finding",
        "{id!r} is not the beginning of one, and only one, of the likely secrets that are shown.",
        "`cogzy preview` lists them with their ids; `all` means every one that is not decided yet.",
    ),
    "secrets.not_excludable": (
        "That cannot be left out",
        "It stands in the vault's own memories.",
        "`cogzy preview --redact` takes it out of them, `cogzy preview --send` lets it go.",
    ),
}
