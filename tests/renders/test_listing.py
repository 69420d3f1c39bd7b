"""The list of renders: those under way, then what is still looked for, the oldest at the top, page by page."""

import pytest
from flask.testing import FlaskClient

from models import User
from tests.renders.rows import a_render_of


@pytest.fixture
def ids(owner: User) -> list[str]:
    """In the order in which they are to be listed."""
    statuses = ("completed", "expired", "completed")  # it is long since that one was given up
    over = [a_render_of(owner.id, status=status, active_key=None) for status in statuses]
    given_up = [a_render_of(owner.id, status="expired", active_key=None, check_at=9e9) for _ in range(2)]
    return [*(a_render_of(owner.id) for _ in range(3)), *given_up, *over[::-1]]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 8])
def test_it_lists_the_ones_under_way_first(client: FlaskClient, ids: list[str], limit: int) -> None:
    found, cursor = [], ""
    for _ in range(10):
        page = client.get(f"/api/renders?limit={limit}&cursor={cursor}").get_json()
        found += [each["id"] for each in page["renders"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == ids


def test_it_lists_those_of_a_status(client: FlaskClient, ids: list[str]) -> None:
    page = client.get("/api/renders?status=completed").get_json()
    assert [each["id"] for each in page["renders"]] == [ids[5], ids[7]]


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/renders?cursor=eA").status_code == 422


def test_one_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/renders/01JD8Z5M3V7Q2K4N6P8R0S1T2W")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "no_such_render")
