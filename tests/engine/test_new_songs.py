"""Analyzing those songs of the library that nobody has analyzed yet."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from errors import Conflict
from extensions import db, transaction
from models import Job, Song
from services.analysing import submit_new_songs
from tests.conftest import MakeSong


def test_it_takes_only_the_new_ones(make_song: MakeSong, run_jobs: Callable[[], None]) -> None:
    old, new = make_song("Old"), make_song("New")
    owner_id, old_id, new_id = old.owner_id, old.id, new.id
    with transaction() as session:
        session.execute(update(Song).where(Song.id == old_id).values(rating="teen", analysed_at=1.0))
    job_id = submit_new_songs(owner_id).job_id
    run_jobs()
    children = db.session.scalars(select(Job.target_id).where(Job.parent_id == job_id)).all()
    assert children == [str(new_id)]
    assert db.session.get_one(Job, job_id, populate_existing=True).status == "finished"


def test_it_says_that_there_are_none(make_song: MakeSong) -> None:
    owner_id = make_song("Old").owner_id
    with transaction() as session:
        session.execute(update(Song).values(rating="teen"))
    with pytest.raises(Conflict, match="no new songs"):
        submit_new_songs(owner_id)
