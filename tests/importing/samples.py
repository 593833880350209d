"""Exports as assistants make them, of made-up people: built by code from what docs/IMPORT.md says of each shape."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = 1_760_000_000.0


def iso(seconds: float) -> str:
    return (datetime.fromtimestamp(START, UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def write_zip(path: Path, files: dict[str, Any], **kinds: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **kinds) as archive:
        for name, content in files.items():
            archive.writestr(name, content if isinstance(content, str | bytes) else json.dumps(content))
    return path


# ChatGPT


def gpt_message(role: str, parts: list[Any], seconds: float | None, **others: Any) -> dict[str, Any]:
    content = others.pop("content", {"content_type": "text", "parts": parts})
    author = {"role": role, "name": others.pop("name", None), "metadata": {}}
    return {
        "author": author,
        "create_time": None if seconds is None else START + seconds,
        "update_time": None,
        "content": content,
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": others.pop("metadata", {"model_slug": "gpt-4o"} if role == "assistant" else {}),
        "recipient": others.pop("recipient", "all"),
        **others,
    }


def gpt_tree(nodes: list[tuple[str, str | None, dict[str, Any] | None]]) -> dict[str, Any]:
    """A mapping out of (id, parent, message)."""
    made: dict[str, Any] = {}
    for name, parent, message in nodes:
        made[name] = {"id": name, "message": message and {"id": name, **message}, "parent": parent, "children": []}
        if parent is not None and parent in made:
            made[parent]["children"].append(name)
    return made


def gpt_conversation(name: str, nodes: list[Any], current: str | None, **others: Any) -> dict[str, Any]:
    return {
        "title": others.pop("title", f"Title of {name}"),
        "create_time": START,
        "update_time": START + 1000,
        "mapping": gpt_tree(nodes),
        "moderation_results": [],
        "current_node": current,
        "conversation_id": name,
        "id": name,
        "is_archived": False,
        "default_model_slug": "gpt-4o",
        **others,
    }


def gpt_plain(name: str, turns: int = 2, words: str = "") -> dict[str, Any]:
    """A conversation of `turns` turns without branches."""
    nodes: list[Any] = [("root", None, None)]
    last = "root"
    for number in range(turns):
        asked = gpt_message("user", [f"Question {number} of {name} {words}".strip()], number * 10)
        told = gpt_message("assistant", [f"Answer {number} {words}".strip()], number * 10 + 5)
        nodes += [(f"{name}-u{number}", last, asked), (f"{name}-a{number}", f"{name}-u{number}", told)]
        last = f"{name}-a{number}"
    return gpt_conversation(name, nodes, last)


def gpt_branched() -> dict[str, Any]:
    """u1 → a1 → u2 → a2; u2 edited into u2b (→ a2b); the answer a1 made again as a1b (→ u3 → a3, current)."""
    said = gpt_message
    nodes = [
        ("root", None, None),
        ("sys", "root", said("system", [""], None, metadata={"is_visually_hidden_from_conversation": True})),
        ("u1", "sys", said("user", ["How do tides work?"], 1)),
        ("a1", "u1", said("assistant", ["The moon pulls."], 2)),
        ("u2", "a1", said("user", ["And the sun?"], 3)),
        ("a2", "u2", said("assistant", ["It pulls too."], 4)),
        ("u2b", "a1", said("user", ["And the wind?"], 5)),
        ("a2b", "u2b", said("assistant", ["It makes waves."], 6)),
        ("a1b", "u1", said("assistant", ["Gravity of the moon and the sun."], 7)),
        ("u3", "a1b", said("user", ["Thanks!"], 8)),
        ("a3", "u3", said("assistant", ["You are welcome."], 9)),
    ]
    return gpt_conversation("branched", nodes, "a3")


def gpt_tools() -> dict[str, Any]:
    """Tool calls, code, thoughts, pages, images, attachments, voice, canvas, hidden messages, unknown pieces."""
    said = gpt_message
    code = {"content_type": "code", "language": "python", "text": "print(6 * 7)"}
    output = {"content_type": "execution_output", "text": "42"}
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Counting", "content": "six times seven"}]}
    page = {"content_type": "tether_quote", "url": "https://tides.example", "title": "Tides", "text": "x" * 900}
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_1", "width": 8, "height": 8}
    drawn = {**picture, "asset_pointer": "file-service://file-2", "metadata": {"dalle": {"prompt": "a blue whale"}}}
    voice = {"content_type": "audio_transcription", "text": "Spoken words", "direction": "in"}
    attached = {"attachments": [{"id": "file-9", "name": "tides.pdf", "mime_type": "application/pdf", "size": 9}]}
    cited = {"model_slug": "o3", "content_references": [{"title": "Sea", "url": "https://sea.example"}]}
    canvas = json.dumps({"name": "Plan", "type": "document", "content": "Step one: sleep."})
    profile = {"content_type": "user_editable_context", "user_profile": "I sail"}
    asked = {"content_type": "multimodal_text", "parts": [picture, "What is this?"]}
    made = {"content_type": "multimodal_text", "parts": [drawn]}
    plan = {"content_type": "code", "text": canvas}
    recap = {"content_type": "reasoning_recap", "content": "Thought 2s"}
    hologram = {"content_type": "hologram", "text": "A hologram says hi"}
    nodes = [
        ("root", None, None),
        ("ctx", "root", said("user", [], None, content=profile)),
        ("u1", "ctx", said("user", [], 1, content=asked, metadata=attached)),
        ("t1", "u1", said("assistant", [], 2, content=thoughts)),
        ("c1", "t1", said("assistant", [], 3, content=code, recipient="python")),
        ("o1", "c1", said("tool", [], 4, content=output, name="python")),
        ("p1", "o1", said("tool", [], 5, content=page, name="browser")),
        ("d1", "p1", said("tool", [], 6, content=made, name="dalle.text2im")),
        ("k1", "d1", said("assistant", [], 7, content=plan, recipient="canmore.create_textdoc")),
        ("r1", "k1", said("assistant", [], 8, content=recap)),
        ("a1", "r1", said("assistant", ["It is a whale. \ue200cite\ue202turn0search1\ue201"], 9, metadata=cited)),
        ("u2", "a1", said("user", [], 10, content={"content_type": "multimodal_text", "parts": [voice]})),
        ("n1", "u2", said("assistant", [], 11, content=hologram, teleported=True)),
    ]
    return gpt_conversation("tools", nodes, "n1", title="", shiny_new_field={"a": 1})


# Claude


def claude_message(name: str, sender: str, text: str, seconds: float, **others: Any) -> dict[str, Any]:
    block = {"type": "text", "text": text, "citations": [], "start_timestamp": iso(seconds), "stop_timestamp": None}
    return {
        "uuid": name,
        "text": text,
        "content": [block] if text else [],
        "sender": sender,
        "created_at": iso(seconds),
        "updated_at": iso(seconds),
        "attachments": [],
        "files": [],
        **others,
    }


def claude_conversation(uuid: str, messages: list[Any], **others: Any) -> dict[str, Any]:
    return {
        "uuid": uuid,
        "name": others.pop("name", f"About {uuid}"),
        "summary": "",
        "created_at": iso(0),
        "updated_at": iso(100),
        "account": {"uuid": "acc"},
        "chat_messages": messages,
        **others,
    }


def claude_plain(name: str, turns: int = 2) -> dict[str, Any]:
    messages = []
    for number in range(turns):
        messages.append(claude_message(f"{name}-h{number}", "human", f"Claude question {number}", number * 10))
        messages.append(claude_message(f"{name}-a{number}", "assistant", f"Claude answer {number}", number * 10 + 5))
    return claude_conversation(name, messages)


def claude_rich() -> dict[str, Any]:
    blocks = [
        {"type": "thinking", "thinking": "Let me see", "summaries": []},
        {"type": "tool_use", "name": "web_search", "input": {"query": "tides"}, "id": "t1"},
        {
            "type": "tool_result",
            "name": "web_search",
            "content": [{"type": "text", "text": "found"}],
            "is_error": False,
        },
        {
            "type": "tool_use",
            "name": "artifacts",
            "input": {"command": "create", "title": "Poem", "content": "The sea"},
        },
        {"type": "text", "text": "Here it is.", "citations": [{"title": "Sea", "url": "https://sea.example"}]},
        {"type": "token_budget"},
        {"type": "mind_meld", "text": "melded"},
    ]
    attachment = {"file_name": "notes.txt", "file_type": "txt", "file_size": 5, "extracted_content": "pasted notes"}
    return claude_conversation(
        "rich",
        [
            claude_message("h1", "human", "Look", 1, attachments=[attachment], files=[{"file_name": "sea.png"}]),
            {**claude_message("a1", "assistant", "", 2), "content": blocks, "text": "Here it is."},
            {**claude_message("h2", "human", "old style", 3), "content": None},
            {**claude_message("a2", "assistant", "old answer", 4)},
        ],
        project={"uuid": "p1", "name": "Sailing"},
    )


CLAUDE_PROJECTS = [
    {
        "uuid": "p1",
        "name": "Sailing",
        "description": "All about boats",
        "prompt_template": "You are a sailor",
        "created_at": iso(0),
        "docs": [{"uuid": "d1", "filename": "knots.md", "content": "A bowline holds.", "created_at": iso(1)}],
    }
]
CLAUDE_MEMORIES = [
    {"conversations_memory": "Likes boats.", "project_memories": {"p1": "Learns knots."}, "account_uuid": "acc"}
]
CLAUDE_USERS = [{"uuid": "acc", "full_name": "Sam Sample", "email_address": "sam@example.com"}]


# Grok


def grok_response(
    name: str, parent: str | None, sender: str, text: str, seconds: float, **others: Any
) -> dict[str, Any]:
    moment = {"$date": {"$numberLong": str(int((START + seconds) * 1000))}}
    response = {"_id": name, "conversation_id": "g1", "message": text, "sender": sender, "create_time": moment}
    return {"response": {**response, "parent_response_id": parent, "model": "grok-4", **others}, "share_link": None}


def grok_export() -> dict[str, Any]:
    responses = [
        grok_response("r1", None, "human", "What is xyzzy?", 1, file_attachments=["asset-1"]),
        grok_response("r2", "r1", "ASSISTANT", "A magic word.", 2, thinking_trace="hmm", steps=[{"tool": "x"}],
                      web_search_results=[{"url": "https://x.example", "title": "X", "preview": "p"}]),
        grok_response("r3", "r1", "grok-3", "An old game's word.", 3),
        grok_response("r4", "r3", "human", "Draw it", 4),
        grok_response("r5", "r4", "assistant", "", 5, generated_image_urls=["users/1/g.jpg"]),
    ]  # fmt: skip
    about = {"id": "g1", "title": "Words", "create_time": iso(0), "modify_time": iso(9), "leaf_response_id": None}
    return {
        "conversations": [{"conversation": {**about, "starred": True}, "responses": responses}],
        "projects": [{"id": "w1"}, {"id": "w2"}],
        "tasks": [],
        "media_posts": [{"id": "m"}],
    }


# Gemini


def gemini_record(title: str, seconds: float, answer: str | None = None, **others: Any) -> dict[str, Any]:
    made = {
        "header": "Gemini Apps",
        "title": title,
        "time": iso(seconds),
        "products": ["Gemini Apps"],
        "activityControls": ["Gemini Apps Activity"],
        **others,
    }
    return made if answer is None else {**made, "safeHtmlItem": [{"html": answer}]}


def gemini_log() -> list[dict[str, Any]]:
    """Newest first, as Google writes it."""
    address = "https://gemini.google.com/app/0123456789abcdef"
    return [
        gemini_record("Eingegebener Prompt: Was ist Ebbe?", 90_000, "<p>Das Wasser geht.</p>"),
        gemini_record("Prompted tell me more", 60, "<p>More.</p>", details=[{"name": address, "url": address}]),
        gemini_record("Prompted what is a tide?", 30, "<p>The <b>sea</b> rises &amp; falls.</p><ul><li>twice</li></ul>",
                      details=[{"name": address, "url": address}], attachedFiles=["map-1.png"],
                      subtitles=[{"name": "Sea", "url": "https://sea.example"}]),
        gemini_record("Created Gemini Canvas titled Plan", 20),
        gemini_record("Used Gemini Apps", 10),
        gemini_record("Searched for boats", 5, header="Search", products=["Search"]),
    ]  # fmt: skip


def gemini_page(cells: list[tuple[str, str, str]]) -> str:
    """A page out of (prompt, moment, answer)."""
    body = "".join(
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col"><p class="mdl-typography--title">Gemini Apps<br></p></div>'
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">'
        f"{prompt}<br>{moment}<br>{answer}</div>"
        '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        '<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption"><b>Products:</b><br>'
        "&emsp;Gemini Apps<br></div></div></div>"
        for prompt, moment, answer in cells
    )
    return f"<html><head><title>My Activity</title></head><body><div class='mdl-grid'>{body}</div></body></html>"


# Claude Code


def code_record(name: str, kind: str, content: Any, seconds: float, **others: Any) -> dict[str, Any]:
    message: dict[str, Any] = {"role": kind, "content": content}
    if kind == "assistant":
        message |= {"id": f"msg_{name}", "model": "claude-opus-4-5", "type": "message", "usage": {"output_tokens": 1}}
    return {
        "parentUuid": None,
        "isSidechain": False,
        "userType": "external",
        "cwd": "/home/sam/boats",
        "sessionId": "5e551011-0000-4000-8000-000000000001",
        "version": "2.1.0",
        "gitBranch": "main",
        "type": kind,
        "message": message,
        "uuid": name,
        "timestamp": iso(seconds),
        **others,
    }


def code_turn(number: int) -> list[dict[str, Any]]:
    """What a person asked, a tool that was used, and the answer."""
    use = {"type": "tool_use", "id": f"t{number}", "name": "Read", "input": {"file_path": "/home/sam/boats/sail.py"}}
    result = {"type": "tool_result", "tool_use_id": f"t{number}", "content": "x" * 5000}
    at = number * 100.0
    return [
        code_record(f"u{number}", "user", f"Fix bug {number} in the sail", at),
        code_record(f"a{number}", "assistant", [{"type": "thinking", "thinking": "hm", "signature": "s"}, use], at + 1),
        code_record(f"r{number}", "user", [result], at + 2, toolUseResult={"type": "text"}),
        code_record(f"b{number}", "assistant", [{"type": "text", "text": f"Fixed bug {number}."}], at + 3),
    ]


def code_lines(records: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def code_session() -> list[dict[str, Any]]:
    """Two turns, a command, a helper, a prompt that was typed meanwhile, and what a program wrote between them."""
    fine = [{"type": "text", "text": "The keel is fine."}]
    return [
        {"type": "file-history-snapshot", "messageId": "m", "snapshot": {}, "isSnapshotUpdate": False},
        {"type": "summary", "summary": "Sail fixes", "leafUuid": "b1"},
        code_record("m0", "user", "Caveat: made by a program", 0, isMeta=True),
        code_record("k0", "user", "<command-name>/review</command-name>\n<command-args>all</command-args>", 1),
        code_record("k1", "user", "<local-command-stdout>done</local-command-stdout>", 2),
        *code_turn(1),
        code_record("s1", "user", "Look into the keel", 150, isSidechain=True, agentId="abc"),
        code_record("s2", "assistant", fine, 151, isSidechain=True, agentId="abc"),
        *code_turn(2),
        {"type": "attachment", "uuid": "q1", "timestamp": iso(300), "sessionId": "s", "cwd": "/x",
         "attachment": {"type": "queued_command", "prompt": "Also paint it", "commandMode": "prompt"}},
        code_record("b3", "assistant", [{"type": "text", "text": "Painted."}], 301),
        {"type": "ai-title", "aiTitle": "Sail repair", "sessionId": "s"},
        {"type": "quantum-leap", "sessionId": "s"},
    ]  # fmt: skip
