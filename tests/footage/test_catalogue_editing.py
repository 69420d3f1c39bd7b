"""People write what is missing, and may say that it is good enough as it is."""

import pytest

from errors import InvalidInput, NotFound
from services.footage import catalogue, routing, states
from tests.footage.conftest import MakeFootage


def test_it_changes_only_what_is_given(make_footage: MakeFootage) -> None:
    footage_id = make_footage(title="Old", description="As it was").id
    row = catalogue.edit(footage_id, {"title": "New"}, "Ada")
    assert (row.title, row.description) == ("New", "As it was")
    assert row.metadata_at is not None


def test_it_says_that_people_wrote_after_it_had_come_to_wait(make_footage: MakeFootage) -> None:
    row = make_footage()
    row = catalogue.edit(row.id, {"keywords": ["boats"]}, "Ada")
    assert row.metadata_at is not None
    assert row.metadata_at >= row.entered_at


@pytest.mark.parametrize(("url", "is_forgotten"), [("https://example.com/b", True), ("https://example.com/a", False)])
def test_it_forgets_what_the_page_said_where_the_address_is_another(
    make_footage: MakeFootage, url: str, is_forgotten: bool
) -> None:
    footage_id = make_footage(source_url="https://example.com/a", scraped={"title": "A"}).id
    assert (catalogue.edit(footage_id, {"source_url": url}, "Ada").scraped is None) is is_forgotten


@pytest.mark.parametrize(("status", "failures"), [(states.CREATING_FRAMES, 0), (states.PENDING_FILE_INFO, 3)])
def test_another_address_has_no_failures_yet(make_footage: MakeFootage, status: str, failures: int) -> None:
    footage_id = make_footage(
        source_url="https://example.com/a", status=status, failures=3, retry_at=9e9, error="No"
    ).id
    row = catalogue.edit(footage_id, {"source_url": "https://example.com/b"}, "Ada")
    assert (row.failures, row.retry_at is None, row.error is None) == (failures, not failures, not failures)


def test_it_takes_the_address_away(make_footage: MakeFootage) -> None:
    footage_id = make_footage(source_url="https://example.com/a").id
    assert catalogue.edit(footage_id, {"source_url": ""}, "Ada").source_url is None


def test_it_lets_through_what_somebody_finds_good_enough(make_footage: MakeFootage) -> None:
    footage_id = make_footage(judgement={"score": 10, "is_good": False, "reasons": ["short"], "judged_at": 1.0}).id
    judgement = catalogue.edit(footage_id, {"good_enough": True}, "Ada").judgement or {}
    assert (judgement["is_good"], judgement["by"], judgement["score"]) == (True, "Ada", 10)
    assert routing.is_let_through(judgement)


def test_it_refuses_fields_that_there_are_not(make_footage: MakeFootage) -> None:
    footage_id = make_footage().id
    with pytest.raises(InvalidInput) as refused:
        catalogue.edit(footage_id, {"status": "7 - Complete"}, "Ada")
    assert list(refused.value.details or {}) == ["status"]


def test_it_tells_that_there_is_none(app: object) -> None:
    with pytest.raises(NotFound):
        catalogue.edit("AF0404", {"title": "New"}, "Ada")


@pytest.mark.parametrize("keyword", ["boats, river", "boats;river"])
def test_it_refuses_several_keywords_as_one(make_footage: MakeFootage, keyword: str) -> None:
    with pytest.raises(InvalidInput, match="each goes by itself") as refused:
        catalogue.edit(make_footage().id, {"keywords": [keyword]}, "Ada")
    assert "keywords" in (refused.value.details or {})
