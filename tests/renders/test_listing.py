"""The list of renders: those under way first, the oldest of them at the top, page by page."""

import pytest
from flask.testing import FlaskClient

from models import User
from tests.renders.rows import a_render_of


@pytest.fixture
def ids(owner: User) -> list[str]:
    """In the order in which they are to be listed."""
    over = [a_render_of(owner.id, status="completed", active_key=None) for _ in range(3)]
    return [a_render_of(owner.id) for _ in range(3)] + over[::-1]


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 6])
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
    assert [each["id"] for each in page["renders"]] == ids[3:]


def test_a_cursor_of_another_list_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/renders?cursor=eA").status_code == 422


def test_one_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/api/renders/01JD8Z5M3V7Q2K4N6P8R0S1T2W")
    assert (answer.status_code, answer.get_json()["error"]) == (404, "no_such_render")
