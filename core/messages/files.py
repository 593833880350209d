"""Sentences of core.files."""

MESSAGES = {
    "files.disk_full": (
        "The disk is full",
        "There was no room left while writing {path}.",
        "Free some space on that disk and try again; nothing was lost.",
    ),
    "files.not_writable": (
        "A folder cannot be written",
        "{path} refused to be written ({reason}).",
        "Check the permissions of that folder, or choose another place.",
    ),
    "files.in_the_way": (
        "Something is in the way",
        "{path} stands where Cogzy has to make a folder or a new file.",
        "Nothing was touched. Move it away, or choose another place, and try again.",
    ),
    "files.not_readable": (
        "A file cannot be read",
        "{path} refused to be read ({reason}).",
        "Check the permissions of that file, and whether its disk is connected.",
    ),
    "files.escapes": (
        "A stored path leads out of its folder",
        "The name {path!r} points outside the folder it belongs to.",
        "Nothing was written. The copy may have been tampered with: choose another upload.",
    ),
}
