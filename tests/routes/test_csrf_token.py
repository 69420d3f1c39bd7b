"""A browser that is signed in must send the token that its pages hold; a program with a key need not."""

from blueprints.access.rules import PUBLIC
from services.access.roles import ADMIN
from tests.routes.conftest import Closed, Route, wrong


def _asks_for_it(route: Route) -> bool:
    """Nobody is asked for on what is public, the way in excepted, so no browser can be made to lend its sign-in."""
    return route.is_unsafe and (route.needed != PUBLIC or route.endpoint.startswith("sign_in."))


def test_it_refuses_every_change_without_the_token(closed: Closed) -> None:
    ada = closed.browser("Ada")
    ada.headers.clear()
    unsafe = [route for route in closed.routes(closed.viewers) if _asks_for_it(route)]
    assert wrong(unsafe, lambda route: ada.send(route).status_code == 403) == []


def test_it_refuses_every_change_with_another_persons_token(closed: Closed) -> None:
    ada, otto = closed.browser("Ada"), closed.browser("Otto")
    unsafe = [route for route in closed.routes(closed.viewers) if _asks_for_it(route)]
    assert wrong(unsafe, lambda route: ada.send(route, headers=otto.headers).status_code == 403) == []


def test_it_takes_the_token_from_a_form(closed: Closed) -> None:
    ada = closed.browser("Ada")
    form = {"name": "Quiet songs", "csrf_token": ada.headers["X-CSRF-Token"]}
    assert ada.client.post("/playlists", data=form).status_code == 303
    assert ada.client.post("/playlists", data=form | {"csrf_token": "x"}).status_code == 403


def test_it_is_the_same_on_every_page_of_one_sign_in_and_another_in_the_next(closed: Closed) -> None:
    ada = closed.browser("Ada")
    token = ada.headers["X-CSRF-Token"]
    assert token in ada.client.get("/").get_data(as_text=True)
    assert closed.browser("Ada").headers["X-CSRF-Token"] != token


def test_a_program_needs_none(closed: Closed) -> None:
    program = closed.program("Ada", ADMIN)
    assert program.client.post("/api/queue/low/pause", json={}, headers=program.headers).status_code == 200


def test_the_way_in_has_one_of_its_own(closed: Closed) -> None:
    stranger = closed.stranger()
    sent = {"name": "Ada", "password": "wrong horse battery staple"}
    assert stranger.client.post("/sign-in", data=sent).status_code == 403
