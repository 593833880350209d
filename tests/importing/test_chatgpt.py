"""ChatGPT's exports: trees, tools, attachments, odd shapes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.memory.importers.conversation import ASSISTANT, USER, Conversation, Message, turns_of
from tests.importing.reading import read_all, write_json
from tests.importing.samples import START, gpt_branched, gpt_conversation, gpt_message, gpt_plain, gpt_tools


def test_questions_and_answers_become_nodes_and_the_conversation_an_episode(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_plain("one")]))

    assert found.said() == [("Question 0 of one", "Answer 0"), ("Question 1 of one", "Answer 1")]
    first = found.nodes[0]
    assert (first["source"], first["conversation_id"], first["sequence_index"]) == ("chatgpt", "one", 0)
    assert first["created_at"] == "2025-10-09T08:53:20Z"
    assert (first["title"], first["model"]) == ("Title of one", "gpt-4o")
    episode = found.episodes["one"]
    assert [message["role"] for message in episode["messages"]] == ["user", "assistant"] * 2
    assert episode["messages"][1] == {"role": "assistant", "content": "Answer 0", "timestamp": "2025-10-09T08:53:25Z"}
    assert found.report.findings == []


def test_every_branch_keeps_its_turns_and_the_episode_is_the_one_that_was_seen_last(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_branched()]))

    current = [node for node in found.nodes if "branch" not in node]
    assert [(node["sequence_index"], node["assistant_content"]) for node in current] == [
        (0, "Gravity of the moon and the sun."),
        (1, "You are welcome."),
    ]
    others = {(node["human_content"], node["assistant_content"]) for node in found.nodes if "branch" in node}
    assert others == {
        ("How do tides work?", "The moon pulls."),
        ("And the sun?", "It pulls too."),
        ("And the wind?", "It makes waves."),
    }
    assert len({node["id"] for node in found.nodes}) == 5
    assert [message["content"] for message in found.episodes["branched"]["messages"]] == [
        "How do tides work?",
        "Gravity of the moon and the sun.",
        "Thanks!",
        "You are welcome.",
    ]


def test_a_turn_keeps_its_id_whichever_branch_is_current(tmp_path: Path) -> None:
    one, other = gpt_branched(), {**gpt_branched(), "current_node": "a2"}
    ids = [
        {(node["human_content"], node["assistant_content"]): node["id"] for node in read_all(path).nodes}
        for path in (write_json(tmp_path / "1.json", [one]), write_json(tmp_path / "2.json", [other]))
    ]
    assert ids[0] == ids[1]


def test_tools_pages_pictures_and_thoughts_stand_beside_what_was_said(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_tools()]))

    node = found.nodes[0]
    assert node["human_content"] == "What is this?"
    assert node["assistant_content"] == "Plan\n\nStep one: sleep.\n\nIt is a whale."
    assert [one.get("name") or one["id"] for one in node["attachments"]] == [
        "tides.pdf",
        "sediment://file_1",
        "file-service://file-2",
    ]
    assert node["attachments"][2]["prompt"] == "a blue whale"
    assert node["tools"][0] == {"name": "python", "input": "print(6 * 7)"}
    assert node["tools"][1] == {"name": "python", "result": "42"}
    assert node["thoughts"] == ["Counting\n\nsix times seven"]
    assert [source["url"] for source in node["sources"]] == ["https://tides.example", "https://sea.example"]
    assert found.nodes[1]["human_content"] == "Spoken words"
    assert found.nodes[0]["title"] == "What is this?"  # the export's own is empty


def test_what_is_not_known_is_named_with_its_place_and_its_text_kept(tmp_path: Path) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_plain("one"), gpt_tools()]))

    assert found.noted("import.unknown_content") == {"hologram": 1}
    assert found.noted("import.unknown_key") == {"conversation.shiny_new_field": 1, "message.teleported": 1}
    assert found.noted("import.left_out") == {"custom instructions": 1, "reasoning times": 1}
    assert found.noted("import.shortened") == {"pages": 1}
    (unknown,) = [one for one in found.report.findings if one.code == "import.unknown_content"]
    assert unknown.file.endswith("conversations.json")
    assert unknown.place == "conversation 2"
    assert found.nodes[-1]["assistant_content"] == "A hologram says hi"
    assert found.nodes[-1]["unknown"] == [{"teleported": True}]
    assert found.episodes["tools"]["unknown"] == {"shiny_new_field": {"a": 1}}


@pytest.mark.parametrize("key", ["text", "result", "content"])
def test_the_text_of_an_unknown_kind_is_found_wherever_it_stands(tmp_path: Path, key: str) -> None:
    said = gpt_message("assistant", [], 1, content={"content_type": "hologram", key: "A hologram says hi"})
    read = gpt_conversation("h", [("u", None, gpt_message("user", ["Hi"], 0)), ("a", "u", said)], "a")
    assert read_all(write_json(tmp_path / "conversations.json", [read])).said() == [("Hi", "A hologram says hi")]


def test_names_and_links_that_were_drawn_stay_and_footnotes_go(tmp_path: Path) -> None:
    drawn = (
        'About \ue200entity\ue202["people","Ada Lovelace","a mathematician"]\ue201, see '
        "\ue200url\ue202her notes\ue202https://ada.example\ue201 or \ue200url\ue202a page\ue202turn0search0\ue201 "
        '\ue200cite\ue202turn0search0\ue202turn0news1\ue201.\ue203 Cards\ue200products\ue202{"selections":[]}\ue201.'
    )
    nodes = [("u", None, gpt_message("user", ["Who? \ue203"], 0)), ("a", "u", gpt_message("assistant", [drawn], 1))]
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_conversation("m", nodes, "a")]))
    assert found.said() == [
        ("Who? \ue203", "About Ada Lovelace, see [her notes](https://ada.example) or a page. Cards.")
    ]


def test_what_is_hidden_is_counted_too(tmp_path: Path) -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    about = {"content_type": "user_editable_context", "user_profile": "I sail", "user_instructions": ""}
    nodes = [
        ("c", None, gpt_message("user", [], None, content=about, metadata=hidden)),
        ("n", "c", gpt_message("assistant", ["Memory updated"], 1, metadata=hidden)),
        ("u", "n", gpt_message("user", ["Hi"], 2)),
    ]
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_conversation("h", nodes, "u")]))
    assert found.said() == [("Hi", "")]
    assert found.noted("import.left_out") == {"custom instructions": 1, "hidden messages": 1}


def test_missing_times_titles_ids_and_leaves_lose_nothing(tmp_path: Path) -> None:
    said = gpt_message
    nodes = [("u", None, said("user", ["When?"], None)), ("a", "u", said("assistant", ["Never."], None))]
    bare = gpt_conversation("", nodes, None, title=None, create_time=None, update_time=None)
    del bare["conversation_id"], bare["current_node"]
    found = read_all(write_json(tmp_path / "conversations.json", [bare]))

    assert found.said() == [("When?", "Never.")]
    assert "created_at" not in found.nodes[0]
    assert found.nodes[0]["conversation_id"].startswith("unnamed-")
    assert found.nodes[0]["title"] == "When?"


@pytest.mark.parametrize(
    "broken", [None, 7, "text", [], {"mapping": None}, {"mapping": []}, {"title": "no mapping"}, {"mapping": {"a": 3}}]
)
def test_a_broken_conversation_is_named_and_the_others_are_taken(tmp_path: Path, broken: Any) -> None:
    found = read_all(write_json(tmp_path / "conversations.json", [gpt_plain("one", 1), broken, gpt_plain("two", 1)]))
    assert {node["conversation_id"] for node in found.nodes} >= {"one", "two"}
    assert found.noted("import.broken_item") or found.noted("import.empty_conversation")


def test_circles_and_orphans_in_a_tree_are_gone_through_once(tmp_path: Path) -> None:
    conversation = gpt_plain("one", 2)
    conversation["mapping"]["one-u0"]["parent"] = "one-a1"  # a circle
    conversation["mapping"]["one-u1"]["parent"] = "nowhere"
    found = read_all(write_json(tmp_path / "conversations.json", [conversation]))
    words = " ".join(" ".join(pair) for pair in found.said())
    assert all(text in words for text in ("Question 0", "Answer 0", "Question 1", "Answer 1"))


def test_the_conversations_of_an_object_and_a_single_conversation_are_read_too(tmp_path: Path) -> None:
    wrapped = write_json(tmp_path / "wrapped.json", {"conversations": [gpt_plain("one")]})
    single = write_json(tmp_path / "single.json", gpt_plain("two"))
    assert len(read_all(wrapped).nodes) == len(read_all(single).nodes) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 11), st.booleans()), min_size=1, max_size=12), st.integers(0, 11))
def test_any_tree_gives_each_message_at_least_once_and_each_turn_an_id_of_its_own(
    shape: list[tuple[int, bool]], current: int
) -> None:
    messages = []
    for number, (parent, is_user) in enumerate(shape):
        up = f"m{parent}" if parent != number else None  # later parents make circles, missing ones roots
        role = USER if is_user else ASSISTANT
        messages.append(Message(role, f"text {number}", START + number, f"m{number}", up))
    conversation = Conversation("x", "c", messages=messages, is_tree=True, current=f"m{current}")

    turns, path = turns_of(conversation)

    assert {message.id for turn in turns for message in turn.messages} == {message.id for message in messages}
    assert len({turn.key for turn in turns}) == len(turns)
    assert all(not turn.branch for turn in turns if turn.messages[-1] is path[-1])
