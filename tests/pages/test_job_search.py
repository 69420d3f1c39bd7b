"""Finding jobs among many: the same answers whatever index is read, page by page, both ways."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import clock
from errors import InvalidInput
from services.jobs import instants, search
from services.jobs.filters import JobFilter
from services.jobs.search import SORTS, Search
from tests.pages.job_rows import add_job, id_at

NOW = 1_790_000_000.0
DAY = 86_400.0


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Both, since each plans its queries in its own way."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture
def found(app: Flask) -> Any:
    """The ids that a filter finds, page by page to the end."""

    def find(sort: str = "newest", size: int = 3, **fields: str) -> list[str]:
        looked = Search(JobFilter(**fields), sort)
        page = looked.page(size)
        ids = page.ids
        while page.next_key is not None:
            page = looked.page(size, page.next_key)
            ids = ids + page.ids
        return ids

    return find


@pytest.fixture
def parent(app: Flask) -> str:
    return add_job("finished", at=NOW, type="analyze_playlist", children_total=2, title="Sunday")


def child(parent_id: str, position: int, **more: Any) -> str:
    return add_job("failed", at=NOW + position + 1, parent_id=parent_id, position=position, **more)


def test_it_finds_a_child_by_its_id_in_small_letters_too(found: Any, parent: str) -> None:
    job_id = child(parent, 0)
    assert found(q=job_id.lower()) == [job_id]


def test_it_leaves_children_to_their_parent_unless_the_question_is_about_them(found: Any, parent: str) -> None:
    job_id = child(parent, 0, error="It broke.", worker="w-1", target_type="song", target_id="7", error_group="ab" * 8)
    assert found() == [parent]
    assert found(status="failed") == []
    about = ({"parent": parent}, {"error": "broke"}, {"worker": "w-1"}, {"target": "song:7"}, {"error_group": "ab" * 8})
    for fields in about:
        assert found(**fields) == [job_id], fields
    assert found(worker="w-1", children="without") == []
    assert found(children="with") == [job_id, parent]


def test_it_finds_by_each_fact_and_by_several(found: Any, owner: Any) -> None:
    facts: dict[str, Any] = {"owner_id": owner.id, "params": {"names": ["a.mp3"], "size": 12, "note": "Größe"}}
    wanted = add_job("started", at=NOW, queue="low", title="Needle", worker="box-7", **facts)
    add_job("queued", at=NOW + 1, title="Hay")
    each = {
        "status": "started",
        "queue": "low",
        "q": "needle",
        "owner": owner.name,
        "worker": "BOX",
        "params": "a.mp3",
    }
    for name, value in each.items():
        assert found(**{name: value}) == [wanted], name
    assert found(**each) == [wanted]
    assert found(**(each | {"queue": "high"})) == []
    assert found(owner=str(owner.id)) == [wanted]
    for text in ("size=12", "note=Größe", "Größe"):
        assert found(params=text) == [wanted], text
    assert found(params="size=1") == []


def test_it_finds_by_when_a_job_was_created(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    old, new = add_job(at=NOW - 2 * DAY), add_job(at=NOW - 60)
    day = (clock.iso(NOW - 2 * DAY) or "")[:10]
    assert found(since="24h") == [new]
    assert found(until="1d") == [old]
    assert found(since=day, until=day) == [old]
    assert found(since=clock.iso(NOW - 60) or "") == [new]
    assert found(until=clock.iso(NOW - 60) or "") == [old]


def test_it_reads_times_as_people_write_them() -> None:
    noon = 1_795_348_800.0
    for text in ("2026-11-22T12:00", "2026-11-22 12:00", "2026-11-22T14:00+02:00", "2026-11-22T12:00:00Z"):
        assert instants.parse(text, field="since", now=0.0) == noon, text
    assert instants.parse("2026-11-22", field="until", now=0.0, ends_day=True) == noon + DAY / 2
    assert instants.parse("30m", field="since", now=noon) == noon - 1800


@pytest.mark.parametrize("text", ["yesterday", "99999d", "2026-13-01", "-5h", "1e9", "²h", "0001-01-01T00:00+14:00"])
def test_it_refuses_what_is_no_time_and_names_the_field(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        JobFilter(since=text)
    assert list(refused.value.details or {}) == ["since"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("target", "song"),
        ("error_group", "xyz"),
        ("parent", "7"),
        ("q", "a\x00b"),
        ("worker", "x" * 201),
        ("children", "maybe"),
    ],
)
def test_it_refuses_what_a_field_cannot_be(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        JobFilter(**{field: value})
    assert list(refused.value.details or {}) == [field]


@pytest.mark.parametrize("sort", SORTS)
def test_it_turns_pages_both_ways_in_every_order(found: Any, sort: str) -> None:
    """Jobs of one moment are told apart by their ids."""
    for n in range(11):
        add_job(
            ("queued", "failed", "finished")[n % 3],
            at=NOW + n,
            due_at=NOW + n // 4,
            ended_at=None if n % 3 == 0 else NOW,
        )
    looked = Search(JobFilter(), sort)
    whole = looked.page(200).ids
    assert len(whole) == {"waiting": 4, "ended": 7}.get(sort, 11)
    assert found(sort, size=2) == whole
    page = looked.page(2)
    while page.next_key is not None:
        page = looked.page(2, page.next_key)
    backwards = list(page.ids)
    while page.previous_key is not None:
        page = looked.page(2, page.previous_key, backwards=True)
        backwards = page.ids + backwards
    assert backwards[-len(whole) :] == whole


def test_it_comes_to_a_full_first_page_from_behind(app: Flask) -> None:
    ids = [add_job(at=NOW + n) for n in range(5)][::-1]
    looked = Search(JobFilter())
    page = looked.page(3, (ids[2],), backwards=True)
    assert (page.ids, page.previous_key) == (ids[:3], None)


def test_it_looks_through_so_many_at_a_time_and_says_how_far_it_came(
    app: Flask, found: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "WINDOW", 4)
    needle = add_job(at=NOW, title="Needle")
    hay = [add_job(at=NOW + n, title="Hay") for n in range(1, 8)]
    first = Search(JobFilter(q="needle")).page(3)
    assert (first.ids, first.searched_to) == ([], (hay[3],))
    assert first.next_key == first.searched_to
    assert found(q="needle") == [needle]
    assert found(q="hay") == hay[::-1]


def test_it_reads_the_index_that_leaves_least_to_look_through(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "WINDOW", 4)
    rare = add_job(at=NOW, type="import_media", queue="low")
    for n in range(1, 9):
        add_job(at=NOW + n, queue="low")
    page = Search(JobFilter(type="import_media", queue="low", status="queued")).page(3)
    assert (page.ids, page.next_key) == ([rare], None)


def test_it_counts_no_further_than_anybody_reads(app: Flask) -> None:
    for n in range(5):
        add_job(at=NOW + n, queue="low" if n else "high")
    assert Search(JobFilter()).count() == 5
    assert Search(JobFilter(status="live")).count(at_most=3) == 4
    assert Search(JobFilter(q="song")).count() is None
    assert Search(JobFilter(status="failed"), "waiting").count() == 0


def test_it_pins_ages_to_the_moment_of_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    wanted = JobFilter(since="1h", status="failed").pinned()
    assert wanted == JobFilter(since=clock.iso(NOW - 3600) or "", status="failed")


def test_it_says_a_filter_in_words() -> None:
    wanted = JobFilter(status="queued", type="analyze_song", error="boom", since="24h")
    assert wanted.describe() == "Status: waiting, Type: Analyze a song, Error: “boom”, Created from: 24h ago"


def test_ids_grow_with_the_time_that_they_bear() -> None:
    assert instants.first_id_at(NOW) <= id_at(NOW) < instants.first_id_at(NOW + 0.001)
    assert instants.instant_of_id(instants.first_id_at(NOW)) == NOW
