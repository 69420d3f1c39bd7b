"""Step 4: the page that a record names tells what people left out, and what is known then is judged."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

import clock
from errors import TransientError
from extensions import db, transaction
from models import Footage, FootageEvent, Frame, User
from services.footage import catalogue, states
from services.footage.work.scrape_url import GIVEN_UP_AFTER, scrape_url
from tests.footage.contexts import TestContext, apply, footage
from tests.servers.pages import PageServer

ID = "AF0001"
TELLING = """<html><head><title>A heron at dawn</title><meta name="keywords" content="heron, mill">
<meta name="description" content="A heron stands in the shallow water by the old mill and flies off."></head></html>"""
EMPTY = "<html><head><title>Video</title></head><body></body></html>"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """The page is on this machine."""
    return {"webhook_allow_private": True}


@pytest.fixture
def site() -> Iterator[PageServer]:
    with PageServer() as server:
        yield server


@pytest.fixture(autouse=True)
def _with_two_frames(app: Flask, owner: User, site: PageServer) -> None:
    times = {"entered_at": clock.now(), "created_at": clock.now(), "updated_at": clock.now()}
    where = {"at_seconds": 0.0, "start_seconds": 0.0, "end_seconds": 1.0, "status": states.FRAME_PENDING_THUMBNAIL}
    with transaction() as session:
        session.add(
            Footage(
                id=ID,
                owner_id=owner.id,
                status=states.CREATING_FRAMES,
                source_url=f"{site.url}/page",
                keywords=[],
                **times,
            )
        )
        session.flush()
        session.add_all(Frame(footage_id=ID, position=position, **where, **times) for position in (1, 2))


def _write(**values: Any) -> None:
    with transaction() as session:
        for name, value in values.items():
            setattr(session.get_one(Footage, ID), name, value)


def _scrape() -> Footage:
    context = TestContext("scrape_url")
    return apply(ID, scrape_url(ID, context), context)


def _frames() -> set[str]:
    return set(db.session.scalars(select(Frame.status)).all())


def test_it_takes_over_what_the_page_says(site: PageServer) -> None:
    site.put("/page", TELLING)
    row = _scrape()
    assert row.status == states.SCRAPING_URL
    assert (row.title, row.keywords) == ("A heron at dawn", ["heron", "mill"])
    assert row.description == "A heron stands in the shallow water by the old mill and flies off."
    assert row.scraped is not None
    assert (row.scraped["url"], row.scraped["status"], row.scraped["problem"]) == (f"{site.url}/page", 200, None)
    assert row.judgement is not None
    assert row.judgement["is_good"]
    assert _frames() == {states.FRAME_PENDING_THUMBNAIL}


def test_it_leaves_what_people_said_better(site: PageServer) -> None:
    site.put("/page", TELLING)
    _write(title="Grey heron, first light", keywords=["bird", "water", "fog"])
    row = _scrape()
    assert (row.title, row.keywords) == ("Grey heron, first light", ["bird", "water", "fog"])
    assert row.description.startswith("A heron stands")


def test_it_takes_over_for_a_title_that_is_a_file_name(site: PageServer) -> None:
    site.put("/page", TELLING)
    _write(title="IMG_0042")
    assert _scrape().title == "A heron at dawn"


def test_it_waits_for_a_person_where_the_page_says_little(site: PageServer) -> None:
    site.put("/page", EMPTY)
    row = _scrape()
    assert (row.status, row.resume_status) == (states.AWAITING_USER_INPUT, states.CREATING_FRAMES)
    assert row.awaits is not None
    assert row.awaits.startswith("Its page does not say enough.")
    assert row.judgement is not None
    assert not row.judgement["is_good"]
    assert _frames() == {states.AWAITING_USER_INPUT}


def test_it_goes_on_without_a_page_where_people_said_enough() -> None:
    _write(title="A heron at dawn", description="It stands in the shallow water by the old mill.")
    row = _scrape()
    assert row.status == states.SCRAPING_URL
    assert row.scraped is not None
    assert row.scraped["problem"] == "There is no page at that address (404)."


def test_it_waits_without_a_page_where_they_did_not(site: PageServer) -> None:
    site.put("/robots.txt", "User-agent: *\nDisallow: /")
    row = _scrape()
    assert row.status == states.AWAITING_USER_INPUT
    assert row.awaits is not None
    assert "does not want robots" in row.awaits


def test_it_is_tried_again_while_the_site_is_down(site: PageServer) -> None:
    site.put("/page", status=503)
    with pytest.raises(TransientError):
        _scrape()
    assert footage(ID).status == states.CREATING_FRAMES


def test_a_site_that_stays_down_does_not_fail_the_record(site: PageServer) -> None:
    site.put("/page", status=503)
    _write(failures=GIVEN_UP_AFTER)
    row = _scrape()
    assert row.status == states.AWAITING_USER_INPUT
    assert row.scraped is not None
    assert row.scraped["problem"] == "The page's server answers 503 just now."


def test_it_takes_nothing_back_that_was_written_meanwhile(site: PageServer) -> None:
    site.put("/page", EMPTY)
    done = scrape_url(ID, TestContext())
    catalogue.edit(ID, {"title": "A heron at dawn"}, by="Ada")
    with pytest.raises(TransientError, match="A person wrote"):
        apply(ID, done)
    assert (footage(ID).title, footage(ID).status) == ("A heron at dawn", states.CREATING_FRAMES)


def test_it_keeps_a_persons_word_that_it_is_good_enough(site: PageServer) -> None:
    site.put("/page", EMPTY)
    catalogue.edit(ID, {"good_enough": True}, by="Ada")
    row = _scrape()
    assert row.status == states.SCRAPING_URL
    assert row.judgement is not None
    assert (row.judgement["is_good"], row.judgement["by"]) == (True, "Ada")


def test_it_tells_the_history(site: PageServer) -> None:
    site.put("/page", TELLING)
    _scrape()
    event = db.session.scalars(select(FootageEvent)).one()
    assert (event.step, event.from_status, event.to_status) == (
        "scrape_url",
        states.CREATING_FRAMES,
        states.SCRAPING_URL,
    )
    assert event.note == f"Read {site.url}/page. What is known is worth 93 of 100."
