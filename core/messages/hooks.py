"""Sentences of what Cogzy puts into other programs' settings."""

MESSAGES = {
    "hooks.no_claude_code": (
        "Claude Code was not found",
        "Its folder {path} does not exist.",
        "Start Claude Code once, or set CLAUDE_CONFIG_DIR to its folder, and try again.",
    ),
    "hooks.no_assistant": (
        "No program that starts MCP servers was found",
        "Neither Claude Code nor Claude Desktop has settings on this computer.",
        "Tell your program to start `cogzy mcp`; every MCP client can.",
    ),
    "hooks.damaged": (
        "A settings file cannot be read",
        "{path} is no JSON near line {line}: {reason}. It was left as it is.",
        "Correct it in an editor (a comma too many is the usual reason), and try again.",
    ),
    "hooks.unexpected": (
        "A settings file is not as expected",
        "In {path}, {name} is of another kind than its program says. It was left as it is.",
        "Look at it in an editor, or update Cogzy.",
    ),
    "hooks.name_taken": (
        "There is another server of that name",
        "{path} has an MCP server {name} that is not this one. It was left as it is.",
        "Rename or remove that one, and try again.",
    ),
    "hooks.busy": (
        "A settings file is being written",
        "Another program changed {path} each time it was to be written.",
        "Close that program and try again.",
    ),
}
