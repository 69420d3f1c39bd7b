"""How a record was judged when it went on is written down with it, a person's word too."""

from typing import Any

import pytest
from flask import Flask

from extensions import transaction
from models import User
from services.footage import states
from services.footage.judged import judge_as_it_goes_on
from services.footage.work.listen import listen
from tests.footage.contexts import TestContext, apply, footage
from tests.pages import footage_rows

GOOD: dict[str, Any] = {
    "title": "A heron at dawn",
    "description": "It stands in the shallow water by the old mill.",
    "keywords": [],
}
POOR = {"score": 0, "is_good": False, "reasons": ["There is no title."], "judged_at": 1.0}


def _judged(**values: Any) -> dict[str, Any]:
    footage_rows.footage(**values)
    with transaction() as session:
        judge_as_it_goes_on(session, "AF0001")
    kept = footage("AF0001").judgement
    assert kept is not None
    return kept


def test_it_is_judged_by_what_is_said_of_it_now(app: Flask, owner: User) -> None:
    kept = _judged(**GOOD, judgement=POOR)
    assert (kept["score"], kept["is_good"]) == (67, True)
    assert kept["judged_at"] > 1.0
    assert "by" not in kept


def test_a_persons_word_stays(app: Flask, owner: User) -> None:
    kept = _judged(title="", judgement=POOR | {"is_good": True, "by": "Ada"})
    assert (kept["score"], kept["is_good"], kept["by"]) == (0, True, "Ada")


@pytest.mark.parametrize("status", [states.CREATING_FRAMES, states.SCRAPING_URL])
def test_it_is_written_as_a_record_goes_to_its_frames(app: Flask, owner: User, status: str) -> None:
    footage_rows.footage(**GOOD, status=status, audio_codec=None)
    row = apply("AF0001", listen("AF0001", TestContext()))
    assert row.status == states.PROCESSING_FRAME_INFO
    assert row.judgement is not None
    assert row.judgement["is_good"]
