"""The way in forgives two tabs, and its links are in no log."""

from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError, OperationalError

from blueprints import error_pages
from extensions import transaction
from models import User
from services.access import links
from tests.routes.conftest import PASSWORD, Closed


def _token(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


def test_the_form_of_an_earlier_tab_comes_again_with_what_was_typed(closed: Closed) -> None:
    first, second = closed.app.test_client(use_cookies=False), closed.stranger().client
    early = _token(first.get("/sign-in").get_data(as_text=True))
    second.get("/sign-in")  # its cookie is the browser's now
    form = {"name": "Ada", "password": PASSWORD, "csrf_token": early}
    answer = second.post("/sign-in", data=form)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "Please send it once more" in page
    assert 'value="Ada"' in page
    assert second.post("/sign-in", data=form | {"csrf_token": _token(page)}).status_code == 303


def test_a_link_is_not_written_into_the_log(closed: Closed, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[dict[str, Any]] = []

    class Recorder:
        def error(self, event: str, **values: Any) -> None:
            written.append(values | {"event": event})

    def away(_token: str) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr(error_pages, "log", Recorder())
    monkeypatch.setattr(links, "find", away)
    assert closed.stranger().client.get("/welcome/a-token-that-holds").status_code == 503
    assert written
    assert "a-token-that-holds" not in str(written)


def test_errors_of_the_database_name_no_values(closed: Closed) -> None:
    with pytest.raises(IntegrityError) as caught, transaction() as session:
        session.execute(insert(User).values(id=1, name="a secret", created_at=0.0))
    assert "a secret" not in str(caught.value)


def test_nobody_who_was_refused_unasked_is_told_to_sign_in(closed: Closed) -> None:
    ada = closed.browser("Ada")
    page = ada.client.post("/playlists", data={"name": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403
    assert "/sign-in" not in page.get_data(as_text=True)
