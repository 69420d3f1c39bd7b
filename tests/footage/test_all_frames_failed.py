"""A record of which no frame could be looked at is set aside, not completed, and a person can bring all of it back."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from extensions import db, transaction
from models import Footage, Frame
from services.footage import people, states
from services.footage.failing import note_failure
from services.footage.problems import StepProblem
from services.footage.running import problem_of
from services.footage.steps import BY_NAME, DESCRIBE
from services.footage.targets import FOOTAGE, Target
from services.footage.work.describe import describe
from tests.footage.contexts import TestContext, footage
from tests.footage.records import add_frames

REFUSED = "The describer takes no pictures."
MOMENTS = [(0.0, 0.0, 1.0), (1.0, 1.0, 2.0)]


@pytest.fixture
def record(make_footage: Callable[..., Footage]) -> str:
    footage_id = make_footage(status=states.PROCESSING_FRAME_INFO, title="A heron", keywords=["lake"]).id
    add_frames(footage_id, MOMENTS, states.FAILED)
    with transaction() as session:
        session.execute(update(Frame).values(resume_status=states.FRAME_THUMBNAIL_COMPLETE, error=REFUSED))
    return footage_id


def _set_aside(footage_id: str) -> None:
    with pytest.raises(StepProblem) as problem:
        describe(footage_id, TestContext())
    with transaction() as session:
        note_failure(session, Target(FOOTAGE, footage_id), BY_NAME[DESCRIBE], problem_of(problem.value), job_id=None)


def test_it_is_set_aside_with_what_was_the_matter(record: str) -> None:
    _set_aside(record)
    row = footage(record)
    assert (row.status, row.resume_status) == (states.FAILED, states.PROCESSING_FRAME_INFO)
    assert row.error == f"None of its frames could be looked at: {REFUSED}"


def test_a_person_brings_it_and_its_frames_back(record: str) -> None:
    _set_aside(record)
    assert people.retry(record, "Ann") == states.PROCESSING_FRAME_INFO
    assert set(db.session.scalars(select(Frame.status))) == {states.FRAME_THUMBNAIL_COMPLETE}
    assert footage(record).error is None
