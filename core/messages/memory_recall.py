"""Sentences of finding memories of the vault."""

MESSAGES = {
    "recall.no_vectors": (
        "Search finds words only, not meaning",
        "The memories of this vault have not been embedded yet.",
        "Nothing to do for search by words. Cogzy embeds them in the background; `cogzy import --embed` does it now.",
    ),
    "recall.unknown_model": (
        "Search finds words only, not meaning",
        "This vault has vectors, but nothing says which model made them, so they cannot be compared with a question.",
        "`cogzy import --embed --anew` embeds the memories anew; search by words works meanwhile.",
    ),
    "recall.other_model": (
        "Search finds words only, not meaning",
        "The vectors of this vault were made by {vectors}; the model on this computer is {model}.",
        "`cogzy import --embed --anew` embeds them anew, or install the model that made them; search by words works "
        "meanwhile.",
    ),
    "recall.waiting": (
        "Some memories are found by words alone",
        "{waiting} of {of} memories have not been embedded yet.",
        "It is done in the background, after a sync or an import; `cogzy import --embed` does it now.",
    ),
    "recall.no_such_memory": (
        "There is no such memory",
        "Nothing in this vault has the id {id}.",
        "Search for it by a word: `cogzy search TEXT` shows the ids.",
    ),
    "recall.wrong_number": (
        "That number does not fit",
        "It was {seen}; it must be between {least} and {most}.",
        "Ask again with a number between them.",
    ),
    "recall.wrong_kind": (
        "There is no such kind of memory",
        "It was {seen}.",
        "Use `node` for single turns, `episode` for whole conversations, or Session-Buddy's `conversation`, "
        "`reflection` and `entity`.",
    ),
    "recall.wrong_date": (
        "The date was not understood",
        "It was {seen}.",
        "Write it as 2026-05-08 or 2026-05-08T14:30; without a time zone it is this computer's.",
    ),
}
