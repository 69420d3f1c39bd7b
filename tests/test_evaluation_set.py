"""The labelled lyrics are well formed, balanced, and keep their two halves apart."""

import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "evaluation"
HALVES = ("dev", "heldout")
TRAIN = "train"
CATEGORIES = ["profanity", "sexual", "violence", "drugs_alcohol", "hate", "self_harm"]
FIELDS = ["id", "text", "labels", "severity", "rating", "note", "origin"]
TEEN_AT_SEVERITY_2 = {"violence", "profanity", "drugs_alcohol"}
MIN_PASSAGES = 150
MIN_PASSAGES_PER_HALF = 130
MIN_POSITIVES_PER_HALF = 15
MIN_TRAPS = 28
MIN_PLAIN = 40

Passage = dict[str, Any]


@cache
def passages(half: str) -> list[Passage]:
    lines = (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def everything() -> list[Passage]:
    return [passage for half in HALVES for passage in passages(half)]


def with_training() -> list[Passage]:
    return everything() + passages(TRAIN)


def traps(passage: Passage) -> list[str]:
    """The categories that a hard negative only seems to hold, as its note names them."""
    note: str = passage["note"]
    return note[len("Trap (") : note.index("): ")].split(", ") if note.startswith("Trap (") else []


def allowed_ratings(severity: dict[str, int]) -> set[str]:
    if not severity:
        return {"everyone"}
    if max(severity.values()) == 3:
        return {"explicit"}
    twos = {category for category, level in severity.items() if level == 2}
    if len(twos) > 1 or not twos <= TEEN_AT_SEVERITY_2:
        return {"mature"}
    # A single 2 of drugs_alcohol is teen for drink and mature for a drug, which only a reader can tell.
    return {"teen", "mature"} if twos == {"drugs_alcohol"} else {"teen"}


def plain(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def plain_text(passage: Passage) -> str:
    return plain(passage["text"])


def lines_of(group: list[Passage]) -> set[str]:
    return {plain(line) for passage in group for line in passage["text"].split("\n")}


def test_it_has_the_documented_fields_in_every_line() -> None:
    for passage in with_training():
        assert list(passage) == FIELDS
        assert passage["note"].strip()
        assert passage["origin"] == "written for Backbeat" or passage["origin"].startswith("public domain: ")


def test_it_has_two_to_twelve_filled_lines_in_every_passage() -> None:
    for passage in with_training():
        lines = passage["text"].split("\n")
        assert 2 <= len(lines) <= 12, passage["id"]
        assert all(line.strip() == line and line for line in lines), passage["id"]


def test_it_uses_known_categories_in_order_without_repeats() -> None:
    for passage in with_training():
        assert passage["labels"] == [c for c in CATEGORIES if c in passage["labels"]], passage["id"]


def test_it_gives_a_severity_to_each_label_and_to_nothing_else() -> None:
    for passage in with_training():
        assert sorted(passage["severity"]) == sorted(passage["labels"]), passage["id"]
        assert set(passage["severity"].values()) <= {1, 2, 3}, passage["id"]


def test_it_rates_by_the_severities() -> None:
    for passage in with_training():
        assert passage["rating"] in allowed_ratings(passage["severity"]), passage["id"]


def test_it_never_calls_a_label_a_trap() -> None:
    for passage in with_training():
        assert set(traps(passage)) <= set(CATEGORIES) - set(passage["labels"]), passage["id"]


def test_it_numbers_every_passage_once() -> None:
    ids = [passage["id"] for passage in everything()]
    assert sorted(ids) == [f"v{number:03d}" for number in range(1, len(ids) + 1)]


def test_it_numbers_every_training_passage_in_order() -> None:
    ids = [passage["id"] for passage in passages(TRAIN)]
    assert ids == [f"t{number:03d}" for number in range(1, len(ids) + 1)]


def test_it_never_repeats_a_text_within_or_across_files() -> None:
    texts = Counter(plain_text(passage) for passage in with_training())
    # A count, not the texts: a failure must not print the held-out half.
    assert sum(count > 1 for count in texts.values()) == 0


def test_it_shares_no_line_between_training_and_evaluation() -> None:
    shared_count = len(lines_of(passages(TRAIN)) & lines_of(everything()))
    assert shared_count == 0


def test_it_is_large_enough_and_evenly_split() -> None:
    sizes = [len(passages(half)) for half in HALVES]
    assert sum(sizes) >= MIN_PASSAGES
    assert min(sizes) >= MIN_PASSAGES_PER_HALF
    assert max(sizes) - min(sizes) <= 5


@pytest.mark.parametrize("half", HALVES)
@pytest.mark.parametrize("category", CATEGORIES)
def test_it_has_enough_positives_of_each_category_in_each_half(half: str, category: str) -> None:
    assert sum(category in passage["labels"] for passage in passages(half)) >= MIN_POSITIVES_PER_HALF


@pytest.mark.parametrize("category", CATEGORIES)
def test_it_has_enough_hard_negatives_of_each_category(category: str) -> None:
    assert sum(category in traps(passage) for passage in everything()) >= MIN_TRAPS


def test_it_has_enough_plain_clean_passages() -> None:
    assert sum(not passage["labels"] and not traps(passage) for passage in everything()) >= MIN_PLAIN
