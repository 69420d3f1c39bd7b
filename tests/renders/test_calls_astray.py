"""Calls that are lost, late, repeated and out of order, with cycles between them: each render ends once, as it did."""

from random import Random

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from extensions import db
from models import Render, RenderEvent, Segment
from tests.conftest import RunJobs
from tests.renders.conftest import COMBINE, Called
from tests.renders.cycles import a_cycle, make_due
from tests.servers.nca import Nca

MANY, FAILING = 24, 5  # every fifth


@pytest.mark.parametrize("seed", range(3))
def test_each_ends_once_as_it_did(
    client: FlaskClient, renderer: Nca, called: Called, run_jobs: RunJobs, seed: int
) -> None:
    chance = Random(seed)
    for n in range(MANY):
        client.post("/api/renders", json=COMBINE | {"target_id": f"part-{n}"})
    jobs = list(renderer.jobs.values())
    for some in (jobs[: MANY // 2], jobs[MANY // 2 :]):
        for n, job in enumerate(some):
            renderer.end(job, 200 if n % FAILING else 500, "no")
        calls = renderer.release(chance, times=2, lost_share=0.5)
        for job in calls[: len(calls) // 2]:
            assert called(job).status_code == 200
        make_due()
        a_cycle(run_jobs)
        for job in calls[len(calls) // 2 :]:  # by now they are late
            assert called(job).status_code == 200
    db.session.rollback()
    expected = {job.body["id"]: "completed" if (job.told or {})["code"] == 200 else "failed" for job in jobs}
    assert dict(db.session.execute(select(Render.id, Render.status)).all()) == expected
    ends = select(func.count()).where(RenderEvent.kind == "finished").group_by(RenderEvent.render_id)
    assert db.session.scalars(ends).all() == [1] * MANY
    made = select(Render.status, Segment.status).join(Segment, Segment.render_id == Render.id).distinct()
    assert set(db.session.execute(made).all()) == {("completed", "combined"), ("failed", "failed")}
    assert set(db.session.scalars(select(Render.found_by))) == {"webhook", "poll"}
    assert not any(db.session.scalars(select(Render.is_contradicted)))
