"""Sentences about what assistants and programs of this computer ask with."""

MESSAGES = {
    "tools.argument_unknown": (
        "There is no such argument",
        "{of} has no argument {name}.",
        "Use these: {known}.",
    ),
    "tools.argument_missing": ("An argument is missing", "{of} needs {name}.", "Give it."),
    "tools.argument": ("An argument is wrong", "{name} of {of} must be {wanted}.", "Correct it."),
}
