"""Sentences of core.sync about the hub: the way there, and what it does not take."""

_TEST = "`cogzy test-connection` looks step by step."

MESSAGES = {
    "hub.not_confirmed": (
        "The hub was not confirmed yet",
        "A hub is set up, but nothing goes there before it was tested once: whoever runs it can read what it gets.",
        "`cogzy test-connection` tests it and confirms it.",
    ),
    "hub.confirmed": (
        "This hub may have your memories now",
        "When the bucket is away, rows go to {url}; whoever runs that hub can read them.",
        "`cogzy config set hub_url` takes it back.",
    ),
    "hub.reads_encrypted": (
        "A hub reads what the bucket cannot",
        "This vault goes to the bucket encrypted, but a hub gets its rows in clear: it has to, to search them.",
        "Leave it at that only with a hub of your own. `cogzy config set hub_url` takes it back.",
    ),
    "hub.unreachable": (
        "The hub cannot be reached",
        "No connection to {host}: {reason}.",
        f"See whether the hub runs and the network works. {_TEST}",
    ),
    "hub.timeout": (
        "The hub does not answer",
        "{host} took a request and gave no answer in time.",
        "Try again later; what it has acknowledged is not sent again.",
    ),
    "hub.cut": (
        "The connection to the hub broke",
        "{host} ended the connection before it had answered.",
        "Try again; what it has acknowledged is not sent again.",
    ),
    "hub.tls": (
        "The hub's certificate is not good",
        "The certificate of {host} proves nothing: {reason}.",
        "Check hub_url and this computer's clock; a certificate of your own belongs into the system's store.",
    ),
    "hub.token_missing": (
        "The hub wants a token",
        "{host} answers nobody without one, and there is none here.",
        "Make one on the hub (`akosha token create`), then `cogzy credentials set hub_token`, or give COGZY_HUB_TOKEN.",
    ),
    "hub.token_wrong": (
        "The hub does not know this token",
        "{host} refused it: it is wrong, or was revoked.",
        "Make a new one on the hub (`akosha token create`), then `cogzy credentials set hub_token`.",
    ),
    "hub.token_refused": (
        "The hub's token is another system's",
        "The hub refuses rows of this computer under this token: {reason}",
        "Make a token for this computer's system_id (`cogzy config get system_id`), "
        "then `cogzy credentials set hub_token`.",
    ),
    "hub.not_allowed": (
        "This token may not write",
        "{host} says: {reason}",
        "Make a token that may write (`akosha token create`), then `cogzy credentials set hub_token`.",
    ),
    "hub.no_hub": (
        "There is no hub at this address",
        "What answers at {url} speaks no MCP (status {status}).",
        "Check hub_url; Akosha's ends in /mcp.",
    ),
    "hub.no_tools": (
        "This is no hub for memories",
        "The MCP server at {url} has neither batch_store_memories nor store_memory.",
        "Check hub_url.",
    ),
    "hub.busy": (
        "The hub is busy",
        "{host} asks for a slower pace (status {status}).",
        "Try again in a while; what it has acknowledged is not sent again.",
    ),
    "hub.failed": (
        "The hub failed",
        "{host} answered with status {status}.",
        "Look at the hub's own log, and try again.",
    ),
    "hub.refused": (
        "The hub refused the request",
        "{host} answered with status {status}: {reason}",
        f"See whether both are of about the same version. {_TEST}",
    ),
    "hub.too_large": (
        "The hub takes only small requests",
        "{host} refused a batch as too large.",
        "Nothing to do: smaller batches are sent.",
    ),
    "hub.unclear": (
        "The hub did not say which memories it refused",
        "It refused {failed} of a batch without naming them.",
        "Nothing to do: smaller batches are sent.",
    ),
    "hub.bad_answer": (
        "The hub's answer is not understood",
        "It answered in a way that no hub should: {reason}.",
        "See whether hub_url is right and both are of about the same version.",
    ),
    "hub.tool_failed": (
        "The hub could not store",
        "Its {tool} failed: {reason}",
        "Look at the hub's own log, and try again.",
    ),
    "hub.item_refused": (
        "The hub refused a memory",
        "It said: {reason}",
        "It is not sent again before it changes. `cogzy sync --method http --full` tries all of them again.",
    ),
    "hub.row_too_large": (
        "A memory is too large for the hub",
        "It has {size} bytes, and a request may have {most}.",
        "It is in the bucket. Akosha takes larger requests than other hubs.",
    ),
    "hub.rows_refused": (
        "The hub did not take every memory",
        "{count} were refused, such as {id} ({kind}): {why}.",
        "The others are there. Refused ones are sent again when they change; `cogzy status --json` lists them.",
    ),
    "hub.cannot_delete": (
        "This hub keeps what was deleted",
        "{count} memories were deleted here, and the hub has no way to be told.",
        "Delete them there if they must not stay. Akosha takes deletions.",
    ),
    "hub.another": (
        "Another hub answers at this address",
        "It is not the one that had the memories before.",
        "Nothing to do: everything is sent again.",
    ),
    "hub.database_closed": (
        "A database cannot go to the hub",
        "{name} cannot be looked into, so that it has no rows to send ({why}).",
        "It goes to the bucket whole. Update Cogzy so that it can look into it.",
    ),
    "hub.keeps_changing": (
        "The hub keeps changing",
        "Each time that it was asked, another hub answered.",
        "Make sure that hub_url leads to one hub alone.",
    ),
}
