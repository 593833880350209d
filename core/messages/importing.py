"""Sentences of core.memory.importers, core.memory.pipeline and core.memory.following."""

_NOTHING_TAKEN = "Nothing was taken over, and the vault is as it was."
_TELL = "Everything else was taken over. If it should be read too, tell us what the file is and where it comes from."

MESSAGES = {
    # what ends an import
    "import.not_found": (
        "There is nothing to import",
        "Nothing was found at {path}.",
        "Check the path; it can be a file, a folder or a zip as it was downloaded.",
    ),
    "import.nothing_recognised": (
        "No conversations were recognised",
        "None of the files holds conversations of {source}: {files}.",
        "Give the zip as it was downloaded, or its `conversations.json`. For Gemini it is "
        "`My Activity/Gemini Apps` of a Google Takeout. docs/IMPORT.md lists the files that are known.",
    ),
    "import.other_archive": (
        "This kind of archive is not read",
        "{path} is no zip.",
        "Unpack it and give the folder.",
    ),
    "import.zip_broken": (
        "A zip is not whole",
        "{path} cannot be read to its end ({reason}). " + _NOTHING_TAKEN,
        "Download it again: the download was probably cut off.",
    ),
    "import.zip_locked": (
        "A zip needs a password",
        "{entry} in {path} is encrypted.",
        "Unpack it with its password and give the folder.",
    ),
    "import.zip_bomb": (
        "A zip is not what it says",
        "{entry} in {path} would grow out of all proportion, as files do that are made to fill a disk. "
        + _NOTHING_TAKEN,
        "Download the export again from its maker; if it is really that large, unpack it and give the folder.",
    ),
    "import.not_json": (
        "A file is damaged",
        "{path} is no valid JSON at {place} ({reason}). " + _NOTHING_TAKEN,
        "Download or export it again: it was probably cut off.",
    ),
    "import.too_deep": (
        "A file is built unlike any export",
        "{path} is nested more than {most} levels deep. " + _NOTHING_TAKEN,
        "Check where the file comes from.",
    ),
    "import.item_too_large": (
        "A conversation is too large",
        "A single conversation in {path} has more than {most} MB. " + _NOTHING_TAKEN,
        "Check where the file comes from; no assistant is known to keep conversations of that size.",
    ),
    "import.unreadable": (
        "A file cannot be read",
        "{path} refused to be read to its end ({reason}). " + _NOTHING_TAKEN,
        "Check its disk, and try again.",
    ),
    "import.busy": (
        "Another import is running",
        "The vault at {path} is just taking over something else.",
        "Wait until it is done, then try again.",
    ),
    "import.vault_moving": (
        "The vault kept changing",
        "Another program changed what the vault at {path} knows, again and again. " + _NOTHING_TAKEN,
        "Let the other program finish, then try again.",
    ),
    "import.not_followed": (
        "A session was not followed",
        "{file} could not be read ({name}).",
        "It is tried again at the next sync.",
    ),
    "import.rewritten": (
        "A session was written anew",
        "{file} has other lines than when it was last read. What it had said before stays in the vault.",
        "Nothing to do.",
    ),
    # what is said at its end
    "import.no_paths": (
        "There is nothing to import",
        "No file or folder was named.",
        "Name what you downloaded: `cogzy import ~/Downloads/export.zip`.",
    ),
    "import.embed_alone": (
        "That is two things at once",
        "`--embed` is about what the vault holds already, and takes no paths and no `--dry-run`.",
        "Import first; what came in is embedded with it. Then `cogzy import --embed` for the rest.",
    ),
    "import.other_model": (
        "The new memories have no vectors yet",
        "The vault's vectors were made by {other}, and the model here is {model}; the two cannot be compared.",
        "Searching by words works. `cogzy import --embed --anew` makes all vectors anew with the model here.",
    ),
    # what was seen besides
    "import.unknown_file": (
        "A file was not recognised",
        "Left out, since it holds no conversations in a form that is known: {name}.",
        _TELL,
    ),
    "import.other_source": (
        "A file of another assistant was left out",
        "Not asked for: what is from {name}.",
        "Import without `--source` to take everything.",
    ),
    "import.archive_inside": (
        "An archive inside was left out",
        "{name} was not opened.",
        "Unpack it and give the folder.",
    ),
    "import.file_left_out": (
        "Files that hold no text were left out",
        "{count} with the ending {name}: pictures, sounds and the like. Their names stand beside the messages.",
        "Nothing to do: keep the export if you need them.",
    ),
    "import.unknown_content": (
        "Some content is of a kind that is not known",
        "{count} of the kind {name}; its text was kept where it had one.",
        _TELL,
    ),
    "import.unknown_key": (
        "Some details are not known",
        "{count} times {name}; short ones were kept as they are.",
        "Nothing to do: what was said is complete.",
    ),
    "import.unknown_role": (
        "Somebody unknown speaks",
        "{name}: {count}; taken as answers.",
        "Nothing to do.",
    ),
    "import.unknown_record": (
        "Some records are of a kind that is not known",
        "{count} of the type {name} were left out.",
        _TELL,
    ),
    "import.broken_item": (
        "Something in a file is damaged",
        "{count} could not be read ({name}), the first at {place}. Everything else was taken over.",
        "Export it again if something is missing.",
    ),
    "import.broken_text": (
        "A file has letters that cannot be read",
        "It is not written in {name} throughout, first at {place}; those letters show as �.",
        "Export it again if they matter.",
    ),
    "import.empty_conversation": (
        "Conversations without a word were left out",
        "{count}: nothing was said in them.",
        "Nothing to do.",
    ),
    "import.left_out": (
        "Some things are left out on purpose",
        "{name}: {count}.",
        "Nothing to do.",
    ),
    "import.shortened": (
        "Long details were shortened",
        "{name}: {count}. What was said is complete, what tools and pages gave is cut.",
        "Nothing to do: keep the export if you need them whole.",
    ),
}
