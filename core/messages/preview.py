"""Sentences of the preview of what goes up, and of the kinds of likely secrets."""

MESSAGES = {
    "preview.no_such_file": (
        "That file is not there any more",
        "{path} is not among the files that would go up.",
        "Look again; it may have been moved or deleted meanwhile.",
    ),
    "preview.nothing_to_redact": (
        "There is nothing to take out",
        "None of these secrets stands in the vault's own memories.",
        "Look again: they may have been changed meanwhile. Files of other programs are never changed.",
    ),
}
