"""Search finds footage and its frames by meaning and by words, and puts those first that have the very words."""

import pytest
from flask import Flask

from models import User
from services.footage.search import Hit, search
from tests.footage import archive

FOUND_FIRST = [
    ("harbour", "Fishing boats leaving the harbour"),
    ("young dog", "Puppies playing in a garden"),
    ("railway station at night", "Night train to the north"),
    ("baking", "Baker kneading sourdough"),
    ("money for schools", "City council meeting on the budget"),
    ("natural disaster", "Floods in the river valley"),
    ("emergency rescue team", "Floods in the river valley"),
    ("clean energy", "Interview with a wind turbine engineer"),
    ("doctor operating", "Heart surgery, training film"),
    ("electric vehicle factory", "Robot arm welds car bodies"),
    ("kids at the beach", "Été à la plage"),
    ("été à la plage", "Été à la plage"),
    ("ETE PLAGE", "Été à la plage"),
    ("京都", "Cherry trees in Kyoto"),
    ("telescope", "Astronomers wait for the comet"),
    ("building being torn down", "Old cinema is torn down"),
    ("ceramics", "Pottery class for beginners"),
    ("winter road", "Snow plough on the mountain pass"),
    ("C0007", "Interview with a wind turbine engineer"),
    ("af0003", "Puppies playing in a garden"),
]
FRAMES_SHOWN = [
    ("exit", "Car park entrance, surveillance angle", 1),  # read in the picture
    ("roxy", "Old cinema is torn down", 2),
    ("platform nine", "Night train to the north", 1),  # said
    ("swimming pool", "City council meeting on the budget", 1),
    ("blossom", "Cherry trees in Kyoto", 1),  # seen, in another form of the word
    ("sleeping dog", "Puppies playing in a garden", 2),
]


@pytest.fixture(autouse=True)
def _archive(app: Flask, owner: User) -> None:
    archive.fill(owner.id)


def titles(hits: list[Hit]) -> list[str]:
    return [hit.title for hit in hits]


def test_it_finds_first_what_is_meant() -> None:
    assert [(query, titles(search(None, query))[:1]) for query, _ in FOUND_FIRST] == [
        (query, [title]) for query, title in FOUND_FIRST
    ]


def test_it_shows_the_frame_that_matches() -> None:
    best = [(query, search(None, query)[0]) for query, _, _ in FRAMES_SHOWN]
    assert [(query, hit.title, hit.frame_position) for query, hit in best] == FRAMES_SHOWN


def test_it_tells_when_the_frame_is_and_where_its_picture_lies() -> None:
    best = search(None, "roxy")[0]
    assert best.at_seconds == 20.0
    assert best.thumbnail_key == f"footage/{best.footage_id}/frames/0002.jpg"


def test_it_shows_the_poster_where_the_words_are_of_the_whole_piece() -> None:
    best = search(None, "harbour")[0]
    assert (best.frame_position, best.caption) == (None, None)
    assert best.thumbnail_key == f"footage/{best.footage_id}/poster.jpg"


def test_it_puts_those_with_the_very_word_before_all_others() -> None:
    for word in ("car", "red", "boats", "night", "grey"):
        with_word = [_has(hit, word) for hit in search(None, word, limit=50)]
        assert with_word == sorted(with_word, reverse=True)
        assert with_word[0], word


def test_it_finds_nothing_where_nothing_is_like_it() -> None:
    for query in ("", "   ", "…!?", "qwertyuiop zxcv", "wedding", "quarterly report spreadsheet", "\x00", "\ud800"):
        assert titles(search(None, query)) == [], query


def test_it_scores_from_0_to_1_and_falls() -> None:
    scores = [hit.score for hit in search(None, "car on a road in the city", limit=50)]
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_it_tells_each_piece_of_footage_once_and_keeps_to_the_limit() -> None:
    hits = search(None, "night", limit=2)
    assert len({hit.footage_id for hit in hits}) == len(hits) == 2


def test_it_shows_nobody_what_is_not_theirs(owner: User) -> None:
    assert search(owner.id, "harbour")
    assert search(owner.id + 1, "harbour") == []


def _has(hit: Hit, word: str) -> bool:
    (clip,) = (clip for clip in archive.CLIPS if clip.title == hit.title)
    said = " ".join((clip.title, clip.description, *clip.keywords, *(" ".join(frame) for frame in clip.frames)))
    return word.removesuffix("s") in [one.strip(".,").removesuffix("s") for one in said.lower().split()]
