import pytest
from flask.testing import FlaskClient

import clock
from extensions import db
from models import Render, ScheduleRun
from services.renders import states
from tests.pages import render_rows
from tests.pages.conftest import Open
from tests.past import statements

PAGE = "/admin/renders"


def test_it_tells_of_each_that_is_stuck_and_why(open_page: Open) -> None:
    stuck = render_rows.render(target_id="intro", asked_at=clock.now() - 3000.0, check_errors=3)
    fresh = render_rows.render(asked_at=clock.now(), created_at=clock.now())
    page = open_page(PAGE)
    assert page.all("tr", id=f"stuck-{stuck}")
    assert not page.all("tr", id=f"stuck-{fresh}")
    assert "Combine a segment: intro" in page.text
    assert "Nobody answered when it was last looked for (3 times in a row)." in page.text


def test_the_oldest_comes_first(open_page: Open) -> None:
    now = clock.now()
    younger = render_rows.render(asked_at=now - 1000.0)
    older = render_rows.render(asked_at=now - 2000.0)
    rows = [row["id"] for row in open_page(PAGE).all("tr") if row.get("id", "").startswith("stuck-")]
    assert rows == [f"stuck-{older}", f"stuck-{younger}"]


def test_it_tells_who_found_out_and_how_soon(open_page: Open) -> None:
    now = clock.now()
    over = {"status": states.COMPLETED, "finished_at": now - 60.0, "check_at": None}
    render_rows.render(found_by="webhook", output_at=now - 90.0, **over)
    render_rows.render(found_by="poll", output_at=now - 180.0, **over)
    text = open_page(PAGE).text
    assert "1 by the renderer’s call, 1 by looking; 0 failed, 0 given up" in text
    assert "30 s median 95 of 100 within 2.0 min" in text


def test_alerts_come_first(open_page: Open) -> None:
    for _ in range(10):
        render_rows.render(asked_at=clock.now() - 4000.0)
    text = open_page(PAGE).text
    assert text.index("10 renders have been under way for more than an hour") < text.index("Completed, last 24 hours")


def test_it_tells_of_the_last_cycles(open_page: Open) -> None:
    cycle_id = render_rows.cycle(checked=12, completed=3, errors=2)
    page = open_page(PAGE)
    assert page.all("tr", id=f"cycle-{cycle_id}")
    assert "12 3 0 0 0 2 5.0 s" in page.text


def test_nothing_stuck_says_so(open_page: Open) -> None:
    assert "Nothing is stuck." in open_page(PAGE).text


def test_a_cycle_now_comes_back_here(client: FlaskClient) -> None:
    answer = client.post("/admin/schedules/check_renders/run", data={"from": "renders"})
    assert answer.location == PAGE
    assert db.session.scalar(db.select(ScheduleRun.name)) == "check_renders"


def test_one_is_looked_for_now(client: FlaskClient) -> None:
    render_id = render_rows.render(check_at=clock.now() + 500.0)
    assert client.post(f"{PAGE}/{render_id}/look").location == f"{PAGE}/{render_id}"
    db.session.rollback()
    assert (db.session.get_one(Render, render_id, populate_existing=True).check_at or 0.0) <= clock.now()
    assert db.session.scalar(db.select(ScheduleRun.name)) == "check_renders"


def test_what_is_over_is_looked_for_no_more(client: FlaskClient) -> None:
    render_id = render_rows.render(status=states.COMPLETED, check_at=None)
    answer = client.post(f"{PAGE}/{render_id}/look", follow_redirects=True)
    assert "nothing to look for any more" in answer.text


def test_a_render_is_shown_with_all_that_was_said_of_it(open_page: Open) -> None:
    now = clock.now()
    render_id = render_rows.render(status=states.EXPIRED, error="Neither came.", finished_at=now, output_at=None)
    page = open_page(f"{PAGE}/{render_id}")
    assert "Neither came." in page.text
    assert page.all("form", action=f"{PAGE}/{render_id}/retry")
    open_page(f"{PAGE}/{'0' * 26}", 404)


@pytest.mark.usefixtures("slow_machine")
def test_many_cost_as_many_statements_as_few(client: FlaskClient) -> None:
    render_rows.render(asked_at=1.0)
    client.get(PAGE)
    db.session.expunge_all()
    with statements() as few:
        client.get(PAGE)
    for _ in range(40):
        render_rows.render(asked_at=1.0)
    db.session.expunge_all()
    with statements() as many:
        assert client.get(PAGE).status_code == 200
    assert len(many) <= len(few)
