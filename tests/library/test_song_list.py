"""Songs are listed page by page, forwards and back, in every order and with every filter."""

import base64
import json
from collections.abc import Iterator

import pytest
from sqlalchemy import update

from errors import InvalidInput
from extensions import transaction
from models import Song, User
from services.library import queries, users
from services.library.ratings import RATING_FILTERS
from services.library.song_list import SORTS, SongSummary
from tests.library.makers import add_song

COUNT = 25


@pytest.fixture
def full(owner: User) -> User:
    """25 songs: every fourth is unrated, ratings and scores go round, many titles begin alike."""
    ids = [add_song(owner, f"The Song {n % 10} of {n}", f"Artist {n % 3}", "la") for n in range(COUNT)]
    with transaction() as session:
        for n, song_id in enumerate(ids):
            if n % 4:
                found = {"rating": RATING_FILTERS[n % 5], "score": n % 6}
                session.execute(update(Song).where(Song.id == song_id).values(**found))
    return owner


def _pages(owner: User, sort: str, limit: int) -> Iterator[queries.Page[SongSummary]]:
    cursor: str | None = None
    while True:
        page = queries.list_songs(owner.id, sort=sort, cursor=cursor, limit=limit)
        yield page
        cursor = page.next_cursor
        if cursor is None:
            return


def _ids(page: queries.Page[SongSummary]) -> list[int]:
    return [song.id for song in page.items]


@pytest.mark.parametrize("sort", list(SORTS))
@pytest.mark.parametrize("limit", [1, 4, 25, 100])
def test_it_shows_every_song_once_in_pages_of_any_size(full: User, sort: str, limit: int) -> None:
    whole = _ids(queries.list_songs(full.id, sort=sort, limit=100))
    assert len(set(whole)) == COUNT
    assert [song_id for page in _pages(full, sort, limit) for song_id in _ids(page)] == whole


@pytest.mark.parametrize("sort", list(SORTS))
def test_it_pages_back_to_the_start(full: User, sort: str) -> None:
    pages = list(_pages(full, sort, 4))
    back = pages[-1]
    for expected in reversed(pages[:-1]):
        back = queries.list_songs(full.id, sort=sort, cursor=back.previous_cursor, limit=4)
        assert _ids(back) == _ids(expected)
        assert back.next_cursor is not None
    assert back.previous_cursor is None


def test_it_sorts_by_title_without_the_article(owner: User) -> None:
    for title in ("The Ash Grove", "Barbara Allen", "An Alto", "Élan"):
        add_song(owner, title)
    titles = [song.title for song in queries.list_songs(owner.id).items]
    assert titles == ["An Alto", "The Ash Grove", "Barbara Allen", "Élan"]


def test_it_puts_the_heaviest_rating_and_score_first_and_the_unrated_last(full: User) -> None:
    ratings = [song.rating for song in queries.list_songs(full.id, sort="rating", limit=100).items]
    order: list[str | None] = ["explicit", "mature", "teen", "everyone", "unknown", None]
    assert ratings == sorted(ratings, key=order.index)
    scores = [song.score for song in queries.list_songs(full.id, sort="score", limit=100).items]
    assert scores == sorted(scores, key=lambda score: -1 if score is None else score, reverse=True)


def test_it_puts_the_newest_first(owner: User) -> None:
    ids = [add_song(owner, title) for title in ("One", "Two", "Three")]
    assert _ids(queries.list_songs(owner.id, sort="newest")) == ids[::-1]


@pytest.mark.parametrize("rating", RATING_FILTERS)
def test_it_filters_by_rating_as_it_counts(full: User, rating: str) -> None:
    found = queries.list_songs(full.id, rating=rating, limit=100).items
    assert len(found) == queries.rating_counts(full.id)[rating]
    assert {song.rating or "unrated" for song in found} <= {rating}


def test_it_counts_every_song_once(full: User) -> None:
    counts = queries.rating_counts(full.id)
    assert sum(counts.values()) == COUNT
    assert counts["unrated"] == 7


@pytest.mark.parametrize("q", ["cafe allen", "ALLÉN", "“Barbara”", "bar all"])
def test_it_finds_words_in_any_field_without_accents(owner: User, q: str) -> None:
    song_id = add_song(owner, "Barbara Allen", "Café Trio")
    add_song(owner, "Greensleeves")
    assert _ids(queries.list_songs(owner.id, q=q)) == [song_id]
    assert sum(queries.rating_counts(owner.id, q=q).values()) == 1


def test_it_takes_wildcards_for_what_they_are(owner: User) -> None:
    add_song(owner, "Greensleeves")
    assert _ids(queries.list_songs(owner.id, q="%")) == []


def test_it_says_whether_there_are_lyrics_without_loading_them(owner: User) -> None:
    add_song(owner, "A", lyrics="la")
    add_song(owner, "B")
    assert [song.has_lyrics for song in queries.list_songs(owner.id).items] == [True, False]


def test_it_keeps_owners_apart(full: User) -> None:
    assert queries.list_songs(users.owner_named("Ada").id).items == []


def _made_up(*document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "?",
        "é",
        "x" * 5000,
        "bm90IGpzb24",
        _made_up("title", 0),
        _made_up("artist", 0, ["a", 1], False),
        _made_up("title", 1, ["a", 1], False),
        _made_up("title", -1, ["a", 1], False),
        _made_up("title", 0, [1, "a"], False),
        _made_up("title", 0, ["a"], False),
        _made_up("title", 0, ["a", 2**70], False),
        _made_up("title", 0, ["a\x00", 1], False),
        _made_up("title", 0, ["a", True], False),
        _made_up("title", 0, ["a", 1], "no"),
        _made_up("title", 0, 7, False),
    ],
)
def test_it_refuses_a_cursor_that_it_did_not_make(full: User, cursor: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        queries.list_songs(full.id, cursor=cursor)
    assert refusal.value.details is not None
    assert list(refusal.value.details) == ["cursor"]


@pytest.mark.parametrize(
    ("arguments", "field"), [({"sort": "mood"}, "sort"), ({"rating": "bad"}, "rating"), ({"limit": 101}, "limit")]
)
def test_it_names_the_argument_that_is_not_known(owner: User, arguments: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        queries.list_songs(owner.id, **arguments)  # type: ignore[arg-type]  # wrong on purpose
    assert refusal.value.details is not None
    assert list(refusal.value.details) == [field]
