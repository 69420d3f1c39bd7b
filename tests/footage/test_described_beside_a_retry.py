"""A record whose failed frames a person brings back while it is described waits for them, and is described anew."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from errors import Conflict
from extensions import transaction
from models import Footage, Frame
from services.footage import people, states
from services.footage.work.describe import describe
from tests.footage.contexts import TestContext, footage
from tests.footage.records import add_frames


class TakenUpMeanwhile(TestContext):
    def __init__(self, footage_id: str) -> None:
        super().__init__()
        self._footage_id = footage_id

    def saving(self) -> AbstractContextManager[Session]:
        return self._saving()

    @contextmanager
    def _saving(self) -> Iterator[Session]:
        people.retry(self._footage_id, "Ann")
        with transaction() as session:
            yield session


def test_it_waits_for_the_frames(make_footage: Callable[..., Footage]) -> None:
    footage_id = make_footage(status=states.PROCESSING_FRAME_INFO, title="A heron", keywords=["lake"]).id
    _, failed = add_frames(footage_id, [(0.0, 0.0, 1.0), (1.0, 1.0, 2.0)], states.FRAME_AUDIO_TRANSCRIBED)
    with transaction() as session:
        session.execute(update(Frame).where(Frame.id == failed).values(status=states.FAILED))
    with pytest.raises(Conflict, match="Frame 2"):
        describe(footage_id, TakenUpMeanwhile(footage_id))
    assert footage(footage_id).status == states.PROCESSING_FRAME_INFO
