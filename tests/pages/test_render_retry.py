from typing import Any

import pytest
from flask.testing import FlaskClient

from extensions import db
from models import Render
from services.renders import states
from tests.pages import render_rows
from tests.pages.markup import Markup

RENDERS = "/admin/renders"


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    """A renderer that is set up, and at which nobody listens."""
    return {"nca_base_url": "http://127.0.0.1:9/", "nca_api_key": "a-key"}


def failed(**values: Any) -> str:
    return render_rows.render(status=states.FAILED, error="No disk.", active_key=None, check_at=None, **values)


def status_of(render_id: str) -> str:
    db.session.rollback()
    return db.session.get_one(Render, render_id, populate_existing=True).status


def test_one_is_begun_anew(client: FlaskClient) -> None:
    render_id = failed()
    answer = client.post(f"{RENDERS}/{render_id}/retry")
    assert answer.location == f"{RENDERS}/{render_id}"
    assert status_of(render_id) == states.PROCESSING


def test_one_that_is_under_way_is_not(client: FlaskClient) -> None:
    answer = client.post(f"{RENDERS}/{render_rows.render()}/retry", follow_redirects=True)
    assert "what failed or was given up can be begun anew" in answer.text


def test_those_that_were_ticked_are_counted_and_then_begun_anew(client: FlaskClient) -> None:
    ids = [failed(), failed(), render_rows.render()]
    form = {"scope": "selected", "render_id": ids}
    page = client.post(f"{RENDERS}/retry/confirm", data=form).text
    assert "Retry 2 renders?" in page
    assert "1 more that matches" in page
    assert status_of(ids[0]) == states.FAILED
    answer = client.post(f"{RENDERS}/retry", data=sent_by(page), follow_redirects=True)
    assert "2 asked for anew." in answer.text
    assert [status_of(render_id) for render_id in ids] == [states.PROCESSING] * 3


def test_all_that_match_are_but_none_that_come_later(client: FlaskClient) -> None:
    ours, other = failed(operation="combine"), failed(operation="add_music")
    page = client.post(f"{RENDERS}/retry/confirm", data={"scope": "matching", "operation": "combine"}).text
    assert "Retry 1 render?" in page
    later = failed(operation="combine")
    client.post(f"{RENDERS}/retry", data=sent_by(page))
    assert [status_of(each) for each in (ours, other, later)] == [states.PROCESSING, states.FAILED, states.FAILED]


def test_a_second_click_changes_nothing(client: FlaskClient) -> None:
    page = client.post(f"{RENDERS}/retry/confirm", data={"scope": "selected", "render_id": [failed()]}).text
    client.post(f"{RENDERS}/retry", data=sent_by(page))
    answer = client.post(f"{RENDERS}/retry", data=sent_by(page), follow_redirects=True)
    assert "There was nothing to retry any more." in answer.text


def test_nothing_ticked_and_no_filter_are_refused(client: FlaskClient) -> None:
    render_id = failed()
    for form in ({"scope": "selected"}, {"scope": "matching"}, {"scope": "matching", "q": "\ufeff"}):
        assert client.post(f"{RENDERS}/retry/confirm", data=form).status_code == 303
        assert client.post(f"{RENDERS}/retry", data=form).status_code == 303
    assert status_of(render_id) == states.FAILED


def test_nothing_fitting_has_no_button(client: FlaskClient) -> None:
    form = {"scope": "selected", "render_id": [render_rows.render()]}
    page = client.post(f"{RENDERS}/retry/confirm", data=form).text
    assert "Nothing to do" in page
    assert f'action="{RENDERS}/retry"' not in page


def sent_by(page: str) -> dict[str, Any]:
    """What the form that confirms would send."""
    fields: dict[str, Any] = {}
    for field in Markup(page).all("input", type="hidden"):
        fields.setdefault(field["name"], []).append(field["value"])
    return fields
