"""Each role may what the table says, and nothing above it."""

import pytest

from blueprints.access.rules import NEEDED, PUBLIC, needed
from services.access.roles import ADMIN, OPERATOR, ROLES, VIEWER, includes
from tests.routes.conftest import Closed, Route, wrong

PEOPLE = {VIEWER: "Vera", OPERATOR: "Otto", ADMIN: "Ada"}


@pytest.mark.parametrize("role", [VIEWER, OPERATOR])
def test_it_refuses_what_needs_a_higher_role(closed: Closed, role: str) -> None:
    browser = closed.browser(PEOPLE[role])
    above = [route for route in closed.routes() if route.needed != PUBLIC and not includes(role, route.needed)]
    assert wrong(above, lambda route: browser.send(route).status_code == 403) == []


@pytest.mark.parametrize("role", [VIEWER, OPERATOR])
def test_a_key_is_refused_what_needs_a_higher_role(closed: Closed, role: str) -> None:
    program = closed.program(PEOPLE[role], role)

    def is_right(route: Route) -> bool:
        answer = program.send(route)
        return answer.status_code == 403 and (
            not route.is_for_programs or (answer.get_json() or {})["error"] == "role_needed"
        )

    above = [route for route in closed.routes() if route.needed != PUBLIC and not includes(role, route.needed)]
    assert wrong(above, is_right) == []


@pytest.mark.parametrize("role", ROLES)
def test_it_lets_people_have_what_their_role_may(closed: Closed, role: str) -> None:
    browser = closed.browser(PEOPLE[role])
    allowed = [
        route
        for route in closed.routes(closed.viewers)
        if route.needed != PUBLIC and includes(role, route.needed) and not route.is_unsafe
    ]
    assert wrong(allowed, lambda route: browser.send(route).status_code not in {401, 403, 500}) == []


def test_a_key_has_no_more_than_its_own_role(closed: Closed) -> None:
    program = closed.program("Ada", VIEWER)
    assert program.client.get("/metrics", headers=program.headers).status_code == 403


def test_whoever_comes_with_a_bearer_token_has_the_key_of_that_name(closed: Closed) -> None:
    key = closed.program("Otto", OPERATOR).headers["x-api-key"]
    assert closed.stranger().client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_what_is_not_named_needs_somebody() -> None:
    assert needed("a_view.that_is_new") == VIEWER


def test_every_line_of_the_table_is_about_a_view(closed: Closed) -> None:
    endpoints = {route.endpoint for route in closed.routes()}
    first_fits = {endpoint: next((p for p, _ in NEEDED if _fits(endpoint, p)), None) for endpoint in endpoints}
    assert [pattern for pattern, _ in NEEDED if pattern not in first_fits.values()] == []


def _fits(endpoint: str, pattern: str) -> bool:
    return endpoint.startswith(pattern.removesuffix("*")) if pattern.endswith("*") else endpoint == pattern
