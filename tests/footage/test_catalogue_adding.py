"""Footage is taken in by where its file is, each file once, with what is said of it."""

from pathlib import Path

import pytest
from sqlalchemy import select

from errors import Conflict, InvalidInput
from extensions import current_settings, db
from models import Counter, FootageEvent, User
from services.footage import catalogue, states
from services.footage.catalogue import Said
from tests.episodes.conftest import Sent
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import footage

SAID = Said(" A  river ", "Boats pass.\r\n\r\nSlowly. ", ["boats", "Boats", " water "], "https://example.com/river")


def test_it_keeps_what_is_said(owner: User, clip: Path) -> None:
    row = footage(catalogue.add_path(owner.id, str(clip), anywhere=True, said=SAID))
    assert (row.id, row.status, row.source) == ("AF0001", states.PENDING_FILE_INFO, str(clip))
    assert (row.title, row.description) == ("A river", "Boats pass.\n\nSlowly.")
    assert (row.keywords, row.source_url) == (["boats", "water"], "https://example.com/river")
    assert row.metadata_at is not None


def test_it_knows_that_nobody_has_said_anything(make_footage: MakeFootage) -> None:
    assert make_footage().metadata_at is None


def test_it_begins_the_history(make_footage: MakeFootage) -> None:
    footage_id = make_footage().id
    event = db.session.scalars(select(FootageEvent).where(FootageEvent.footage_id == footage_id)).one()
    assert (event.from_status, event.to_status) == (None, states.PENDING_FILE_INFO)


def test_it_gives_each_number_once_also_after_a_deletion(make_footage: MakeFootage) -> None:
    last = [make_footage().id for _ in range(3)][-1]
    catalogue.delete(last)
    assert make_footage().id == "AF0004"


def test_it_goes_on_beyond_four_digits(make_footage: MakeFootage) -> None:
    make_footage()
    db.session.get_one(Counter, "footage").last = 9999
    db.session.commit()
    assert make_footage().id == "AF10000"


def test_it_takes_the_same_file_once(owner: User, clip: Path) -> None:
    owner_id = owner.id
    known = catalogue.add_path(owner_id, str(clip), anywhere=True)
    with pytest.raises(Conflict) as refused:
        catalogue.add_path(owner_id, str(clip), anywhere=True)
    assert refused.value.details == {"id": known}


def test_it_keeps_what_was_sent_until_it_is_brought_in(owner: User, clip: Path) -> None:
    row = footage(catalogue.add_upload(owner.id, Sent(clip)))
    sent = catalogue.sent_file(row.source or "")
    assert sent is not None
    assert sent.read_bytes() == clip.read_bytes()
    assert (row.file_name, sent.parent) == (clip.name, current_settings().uploads_dir)


def test_it_keeps_no_bytes_of_what_it_refuses(owner: User, clip: Path) -> None:
    with pytest.raises(InvalidInput):
        catalogue.add_upload(owner.id, Sent(clip), said=Said(title="x" * 301))
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_it_takes_addresses(owner: User) -> None:
    row = footage(catalogue.add_url(owner.id, "https://example.com/films/a%20river.mov"))
    assert (row.source, row.file_name) == ("https://example.com/films/a%20river.mov", "a river.mov")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(title="x" * 301), "title"),
        (Said(title="a\0b"), "title"),
        (Said(description="x" * 20_001), "description"),
        (Said(keywords=["x" * 81]), "keywords"),
        (Said(keywords=[str(n) for n in range(51)]), "keywords"),
        (Said(source_url="ftp://example.com/"), "source_url"),
        (Said(source_url="http://127.0.0.1/"), "source_url"),
    ],
)
def test_it_names_what_it_does_not_take(owner: User, clip: Path, said: Said, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        catalogue.add_path(owner.id, str(clip), anywhere=True, said=said)
    assert list(refused.value.details or {}) == [field]


def test_it_refuses_a_file_that_is_not_there(owner: User, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        catalogue.add_path(owner.id, str(tmp_path / "none.mp4"), anywhere=True)
