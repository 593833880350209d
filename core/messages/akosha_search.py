"""Sentences of the hub's search."""

MESSAGES = {
    "akosha.query_too_long": (
        "The question is too long",
        "It has {length} characters; a question may have {most}.",
        "Ask with the few words that matter.",
    ),
    "akosha.query_empty": (
        "There is no question",
        "A search needs words, or a vector.",
        "Say what to look for.",
    ),
    "akosha.bad_k": (
        "That many results cannot be asked for",
        "Asked were {k}; it can be 1 to {most}.",
        "Ask for fewer, or narrow the search by system, kind, project or time.",
    ),
    "akosha.bad_threshold": (
        "The threshold is no number",
        "A score is between 0 and 1, and a threshold is compared with it.",
        "Leave it out to see everything that was found.",
    ),
    "akosha.bad_query_vector": (
        "The vector of this question cannot be used",
        "It is not a list of finite numbers: {why}.",
        "Make it with the model that made the memories' vectors, or send the question's words alone.",
    ),
    "akosha.no_model": (
        "Searched by words alone",
        "This hub has no embedding model, so memories that say it in other words are not found.",
        "Install the model where the hub runs; it embeds what is stored by itself then.",
    ),
    "akosha.model_failed": (
        "Searched by words alone this time",
        "The embedding model did not answer: {reason}.",
        "Ask again. If it stays so, look at the hub's log.",
    ),
    "akosha.shards_missing": (
        "The answer is not complete",
        "{missing} of {asked} shards did not answer, {late} of them because they were late.",
        "Ask again in a moment. If it stays so, restart the hub: indexes that are damaged are made again.",
    ),
    "akosha.index_partial": (
        "The answer may be without some memories",
        "The search index is being made again and holds {indexed} memories so far.",
        "Nothing is lost. Ask again in a moment.",
    ),
    "akosha.embedding_behind": (
        "Some memories are found by their words alone",
        "The embedding model has not come to all of them yet.",
        "Nothing is lost: they are embedded in the background.",
    ),
}
