"""The benchmark counts what it says it counts, on a conversation made up here."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import locomo, locomo_weights
from core.memory import fusion, table

SAMPLE = {
    "sample_id": "made-up",
    "conversation": {
        "speaker_a": "Ana",
        "session_1_date_time": "1:56 pm on 8 May, 2023",
        "session_1": [
            {"speaker": "Ana", "dia_id": "D1:1", "text": "I planted tomatoes."},
            {"speaker": "Ben", "dia_id": "D1:2", "text": "Look!", "blip_caption": "a photo of a kayak"},
        ],
        "session_2_date_time": "9:00 am on 1 June, 2023",
        "session_2": [{"speaker": "Ana", "dia_id": "D2:1", "text": "My sister visited."}],
    },
    "qa": [
        {"question": "What did Ana plant?", "category": 4, "evidence": ["D1:1"]},
        {"question": "Who owns a kayak?", "category": 1, "evidence": ["D1:02; D2:1"]},
        {"question": "Nothing to find?", "category": 5, "evidence": ["D"]},
        {"question": "No evidence?", "category": 5},
    ],
}


def test_recall_is_the_part_of_the_evidence_among_the_first() -> None:
    assert locomo.score([7, 3, 9, 4], (3, 4, 5)) == {
        "recall@1": 0,
        "recall@5": pytest.approx(2 / 3),
        "recall@10": pytest.approx(2 / 3),
        "recall@25": pytest.approx(2 / 3),
        "mrr": 0.5,
    }
    assert locomo.score([], (1,))["mrr"] == 0


@pytest.mark.parametrize("scope", ["conversation", "pool"])
def test_the_last_line_is_one_object_with_each_way_to_search(
    scope: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COGZY_MODEL_DIR", str(tmp_path / "no model"))
    file = tmp_path / "locomo.json"
    file.write_text(json.dumps([SAMPLE]))
    assert locomo.main([str(file), "--scope", scope]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(result) == {"lexical"}
    assert result["lexical"]["overall"] == {
        "recall@1": 0.75,
        "recall@5": 0.75,
        "recall@10": 0.75,
        "recall@25": 0.75,
        "mrr": 1.0,
    }
    assert set(result["lexical"]["by_category"]) == {"single-hop", "multi-hop"}


def test_a_file_that_is_no_json_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.json").write_text("{")
    assert locomo.main([str(tmp_path / "x.json")]) == 2
    assert "is not LoCoMo's JSON" in capsys.readouterr().err


def test_weights_are_looked_at_where_they_were_not_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    shipped, other = locomo_weights.SHIPPED, replace(locomo_weights.SHIPPED, dense=0.9)

    def of(*hits: float) -> dict[str, list[dict[str, float]]]:
        return {name: [dict.fromkeys(locomo_weights.FIGURES, hit)] for name, hit in zip("abc", hits, strict=True)}

    results = {shipped: of(0, 1, 1), other: of(1, 0, 0)}
    halves = list(locomo_weights.partings("abc"))
    assert len(halves) == 6
    assert all(sorted(half + others) == ["a", "b", "c"] for half, others in halves)
    told = locomo_weights.told(results)
    assert told["partings"] == 6
    assert told["best"]["recall@5"] > told["chosen"]["recall@5"]
    assert told["shipped"]["recall@5"] == pytest.approx(2 / 3, abs=1e-4)
    assert "chosen" in capsys.readouterr().out


def test_weights_that_are_tried_go_again() -> None:
    before = locomo_weights.SHIPPED
    with locomo_weights.using(replace(before, dense=0.9, words=(0.1, 0.0))):
        assert (fusion.DENSE_WEIGHT, table.NEIGHBOUR_WEIGHTS) == (0.9, (0.1, 0.0))
    assert (before.dense, before.words) == (fusion.DENSE_WEIGHT, table.NEIGHBOUR_WEIGHTS)
