"""No other site may change anything, signed in or not, whatever the address."""

import pytest

from services.access.roles import ADMIN
from tests.routes.conftest import Closed, wrong

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_it_refuses_what_another_site_asks_of_somebodys_browser(closed: Closed, headers: dict[str, str]) -> None:
    ada = closed.browser("Ada")
    unsafe = [route for route in closed.routes(closed.viewers) if route.is_unsafe]
    assert wrong(unsafe, lambda route: ada.send(route, headers=headers).status_code == 403) == []


def test_it_refuses_it_with_a_key_too(closed: Closed) -> None:
    program = closed.program("Ada", ADMIN)
    unsafe = [route for route in closed.routes(closed.viewers) if route.is_unsafe]
    assert wrong(unsafe, lambda route: program.send(route, headers=FOREIGN[0]).status_code == 403) == []


def test_it_answers_to_no_other_name(closed: Closed) -> None:
    ada = closed.browser("Ada")
    assert wrong(closed.routes(), lambda r: ada.send(r, headers={"Host": "evil.example"}).status_code == 400) == []
