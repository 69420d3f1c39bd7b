"""Nobody gets anything without coming in, but for the way in and what load balancers ask."""

from blueprints.access.rules import PUBLIC
from tests.routes.conftest import Closed, Route, wrong

# The renderer's call shows by its address whose it is; without a token of ours it gets nothing.
OPEN_TO_ALL = {"static", "bootstrap.static", "health.healthz", "health.readyz", "api_renders.hear_renderer"}


def test_it_opens_nothing_else_to_the_public(closed: Closed) -> None:
    public = {route.endpoint for route in closed.routes() if route.needed == PUBLIC}
    assert {endpoint for endpoint in public if not endpoint.startswith("sign_in.")} == OPEN_TO_ALL


def test_it_sends_programs_away_with_a_reason(closed: Closed) -> None:
    stranger = closed.stranger()

    def is_right(route: Route) -> bool:
        answer = stranger.send(route)
        body = answer.get_json(silent=True) or {}
        return answer.status_code == 401 and body["error"] == "unauthenticated" and "Bearer" in str(answer.headers)

    closed_to = [route for route in closed.routes() if route.needed != PUBLIC and route.is_for_programs]
    assert wrong(closed_to, is_right) == []


def test_it_sends_people_to_the_way_in_and_back(closed: Closed) -> None:
    stranger = closed.stranger()

    def is_right(route: Route) -> bool:
        answer = stranger.send(route)
        return answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")

    pages = [r for r in closed.routes() if r.needed != PUBLIC and not r.is_for_programs and not r.is_unsafe]
    assert wrong(pages, is_right) == []
    song = stranger.client.get("/songs/7?analysis=3")
    assert song.headers["Location"] == "/sign-in?next=%2Fsongs%2F7%3Fanalysis%3D3"


def test_it_does_nothing_for_forms_of_strangers(closed: Closed) -> None:
    stranger = closed.stranger()
    forms = [r for r in closed.routes() if r.needed != PUBLIC and not r.is_for_programs and r.is_unsafe]
    assert wrong(forms, lambda route: stranger.send(route, data={}).status_code == 401) == []


def test_it_takes_no_key_that_it_did_not_make(closed: Closed) -> None:
    stranger = closed.stranger()
    keyed = {"x-api-key": "bb_made-up-by-somebody-who-guesses"}
    closed_to = [route for route in closed.routes() if route.needed != PUBLIC and route.is_for_programs]
    assert wrong(closed_to, lambda route: stranger.send(route, headers=keyed).status_code == 401) == []


def test_it_takes_no_session_that_it_did_not_begin(closed: Closed) -> None:
    stranger = closed.stranger()
    with stranger.client.session_transaction() as session:
        session["sign_in"] = "made-up"
    assert stranger.client.get("/api/songs").status_code == 401
