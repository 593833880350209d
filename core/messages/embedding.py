"""Sentences of core.memory.embedding and its model."""

MESSAGES = {
    "embedding.no_model": (
        "Search finds words only, not meaning",
        "The embedding model is not on this computer (looked for in {path}).",
        "Run `make model` in Cogzy's source folder; it takes about a minute. Everything else works without it.",
    ),
    "embedding.model_damaged": (
        "The embedding model is damaged",
        "In {path}: {reason}. Until it is whole again, search finds words only, not meaning.",
        "Run `make model` in Cogzy's source folder; it builds the model again.",
    ),
    "embedding.model_changed": (
        "The embedding model was exchanged",
        "This run began with {before}, and the folder now holds {now}; their vectors do not mix.",
        "Quit Cogzy and start it again.",
    ),
    "embedding.no_runtime": (
        "Search finds words only, not meaning",
        "What runs the embedding model is not installed ({reason}).",
        "Install Cogzy with its part for embedding: `pip install 'cogzy[embedding]'`.",
    ),
    "embedding.not_started": (
        "The embedding model could not be started",
        "The system refused another process ({reason}).",
        "Close some programs and try again; meanwhile search finds words only.",
    ),
    "embedding.died": (
        "The embedding model's process ended in the middle",
        "It ended with code {exit_code}; texts of this run that were not done yet have no vectors.",
        "Try again: it starts anew. If it happens each time, run `make model`, and look into the log.",
    ),
    "embedding.timeout": (
        "The embedding model did not answer",
        "It gave no answer within {seconds} seconds and was ended.",
        "Try again when the computer is less busy.",
    ),
    "embedding.other_model": (
        "The vault's vectors are another model's",
        "They were made by {other}; the model on this computer is {model}, and the two cannot be compared.",
        "`cogzy import --embed --anew` makes all of them again with this computer's model.",
    ),
    "embedding.busy": (
        "The memories are being embedded already",
        "Another program is doing it for the vault at {path}.",
        "Wait until it is done; what it has done so far is found by meaning already.",
    ),
}
