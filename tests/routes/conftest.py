"""Every address of the app, and a Backbeat in which people sign in."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy import insert
from ulid import ULID
from werkzeug.test import TestResponse

from blueprints.access.rules import OWNED, needed
from extensions import transaction
from models import Job
from services import resumable
from services.access import keys, people, sign_ins
from services.access.roles import ADMIN, OPERATOR, VIEWER
from services.jobs.submit import new_row
from services.library import playlists, songs
from services.webhooks import deliveries, endpoints
from tests.episodes.rows import an_episode_of, put
from tests.pages import footage_rows
from tests.renders.rows import a_render_of
from tests.videos.rows import a_video

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
PASSWORD = "correct horse battery staple"
MISSING = {
    "episode": "no-such-episode",
    "footage": "AF9999",
    "clip": 999_999,
    "rendition": 999_999,
    "upload": "0" * 26,
    "render": "0" * 26,
    "video": "no-such-video",
    "song": 999_999,
    "playlist": 999_999,
    "job": "0" * 26,
    "user": 999_999,
    "webhook": 999_999,
    "delivery": 999_999,
}
# What else stands in addresses: nobody's, so that what it names is looked up for whoever may have the view at all.
NOBODYS: Mapping[str, Any] = {
    "name": "default",
    "worker": "nobody",
    "group_id": "0" * 16,
    "form": "csv",
    "filename": "js/pages.js",
    "token": "no-such-token",
    "key_id": 999_999,
    "person_id": 999_999,
    "digest": "0" * 64,
    "address_id": 999_999,
    "rule_id": 999_999,
    "window_id": 999_999,
    "kind": "jobs",
    "run_id": "0" * 26,
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method at one address; `values` are those of the address, by name."""

    method: str
    endpoint: str
    path: str
    values: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_unsafe(self) -> bool:
        return self.method in UNSAFE

    @property
    def is_for_programs(self) -> bool:
        return self.path.startswith(
            (
                "/api/",
                "/async/",
                "/episodes",
                "/run/",
                "/status",
                "/internal/",
                "/webhooks/render/",
                "/openapi.json",
                "/metrics",
            )
        )

    @property
    def needed(self) -> str:
        return needed(self.endpoint)


def routes_of(app: Flask, owned: Mapping[str, Any] = MISSING) -> list[Route]:
    """Every method of every address, with these ids where an address names what belongs to somebody."""
    return [
        Route(method, rule.endpoint, path, values)
        for rule in app.url_map.iter_rules()
        for values in [{name: value_of(name, owned) for name in rule.arguments}]
        for path in [url_for(rule.endpoint, **values)]
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def value_of(name: str, owned: Mapping[str, Any]) -> Any:
    return owned[OWNED[name]] if name in OWNED else NOBODYS[name]


@dataclass
class Browser:
    """Somebody's browser, or a program with a key."""

    client: FlaskClient
    headers: dict[str, str] = field(default_factory=dict)

    def send(self, route: Route, **more: Any) -> TestResponse:
        headers = self.headers | more.pop("headers", {})
        if route.is_unsafe and "data" not in more:
            more["json"] = {}
        return self.client.open(route.path, method=route.method, headers=headers, **more)


@dataclass(frozen=True, slots=True)
class Closed:
    """A Backbeat that asks who comes: the app, and what one viewer has by kind."""

    app: Flask
    viewers: Mapping[str, Any]

    def routes(self, owned: Mapping[str, Any] = MISSING) -> list[Route]:
        with self.app.test_request_context():
            return routes_of(self.app, owned)

    def stranger(self) -> Browser:
        return Browser(self.app.test_client())

    def browser(self, name: str) -> Browser:
        """Where that person is signed in; it sends what its pages gave it."""
        client = self.app.test_client()
        token = sign_ins.sign_in(name, PASSWORD, address="127.0.0.1", agent="a browser")
        with client.session_transaction() as session:
            session["sign_in"] = token
        page = client.get("/playlists").get_data(as_text=True)
        found = re.search(r'<meta name="csrf-token" content="(\w+)">', page)
        assert found, "the page has no token"
        return Browser(client, {"X-CSRF-Token": found[1]})

    def program(self, name: str, role: str) -> Browser:
        person = next(each for each in people.all_people() if each.name == name)
        _, text = keys.create(person.id, "a program", role, actor="test", maker_role=ADMIN)
        return Browser(self.app.test_client(), {"x-api-key": text})


@pytest.fixture
def closed(app: Flask) -> Closed:
    """An admin, an operator and two viewers, of whom the first has a song, a playlist and a job."""
    people.create("Ada", ADMIN, password=PASSWORD, actor="test")
    people.create("Otto", OPERATOR, password=PASSWORD, actor="test")
    vera = people.create("Vera", VIEWER, password=PASSWORD, actor="test").id
    people.create("Viktor", VIEWER, password=PASSWORD, actor="test")
    song = songs.create_song(vera, title="A song of Vera's", lyrics="La la la").id
    playlist = playlists.create_playlist(vera, "A playlist of Vera's", [song]).id
    theirs = {"song": song, "playlist": playlist, "job": a_job_of(vera), "user": vera, "render": a_render_of(vera)}
    webhook = endpoints.create(vera, "https://8.8.8.8/", actor="test")[0].id
    delivery = deliveries.send_test(webhook, actor="test").id
    upload = resumable.begin(vera, file_name="a.mp4", size_bytes=100, details={}).id
    theirs |= {"webhook": webhook, "delivery": delivery, "upload": upload}
    theirs |= {"footage": footage_with_a_file_of(vera), "video": video_with_a_file_of(vera)}
    return Closed(app, theirs | an_episode_of(vera))


def footage_with_a_file_of(owner_id: int) -> str:
    """One of whose files has a name that a test of all routes takes for any."""
    key = "footage/AF0001/default"
    put(key)
    return footage_rows.footage(owner_id=owner_id, sheet_key=key)


def video_with_a_file_of(owner_id: int) -> str:
    """The same of a video."""
    key = "videos/harbour/default"
    put(key)
    return a_video(id="harbour", owner_id=owner_id, media_key=key, poster_key=key)


def a_job_of(owner_id: int | None) -> str:
    job_id = str(ULID())
    values: dict[str, Any] = {
        "type": "analyze_song",
        "queue": "default",
        "owner_id": owner_id,
        "title": "A job",
        "params": {},
    }
    with transaction() as session:
        session.execute(insert(Job).values(new_row(job_id, values)))
    return job_id


def wrong(routes: list[Route], is_right: Callable[[Route], bool]) -> list[str]:
    """Those that are not as they should be; there must be some to look at."""
    assert routes
    return [str(route) for route in routes if not is_right(route)]
