"""In front of Flask nobody sees more than behind it, and a change of who may come in holds at the next poll."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from redis import Redis
from sqlalchemy import event

import redis_urls
from blueprints.access.identify import SIGN_IN
from extensions import db
from models import User
from services.access import keys, memory, people, sign_ins
from services.access.recalling import MAX_AGE_SECONDS, RENEWAL_SECONDS, RENEWED_AFTER_SECONDS
from tests.access.conftest import PASSWORD, Advance, sign_in
from tests.polls.asking import Asks, running_job

KEY_OF_SETTINGS = "a-key-that-is-long-enough"


def cookie(app: Flask, token: str) -> dict[str, str]:
    """What the browser of somebody sends who has signed in."""
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    return {"Cookie": f"theme=dark; backbeat={signer.dumps({SIGN_IN: token})}; other=1"}


@pytest.fixture
def key_of() -> Callable[[User, str], dict[str, str]]:
    def make(user: User, role: str) -> dict[str, str]:
        return {"x-api-key": keys.create(user.id, "a program", role, actor="test")[1]}

    return make


def test_whoever_is_signed_in(app: Flask, job_id: str, ada: User) -> None:
    asks = Asks(app, cookie(app, sign_in("Ada")))
    assert asks.both(f"/api/progress/{job_id}").headers["Vary"] == "Cookie"


def test_a_key(app: Flask, job_id: str, ada: User, key_of: Callable[[User, str], dict[str, str]]) -> None:
    Asks(app, key_of(ada, "operator")).both(f"/api/progress/{job_id}")


class TestKeysOfSettings:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, object]:
        return {"api_keys": (KEY_OF_SETTINGS,)}

    def test_a_key_of_the_settings(self, app: Flask, job_id: str) -> None:
        Asks(app, {"x-api-key": KEY_OF_SETTINGS}).both(f"/api/progress/{job_id}")

    def test_another_key(self, app: Flask, job_id: str) -> None:
        Asks(app, {"x-api-key": KEY_OF_SETTINGS}).both(f"/api/progress/{job_id}")
        other = Asks(app, {"x-api-key": KEY_OF_SETTINGS + "!"})
        assert other.view(f"/api/progress/{job_id}").status_code == 401
        assert other.quick(f"/api/progress/{job_id}") is None


def test_what_is_somebody_elses_is_left_to_the_view(app: Flask, job_id: str, ada: User, bob: User) -> None:
    asks, own = Asks(app, cookie(app, sign_in("Bob"))), running_job(bob.id)
    asks.both(f"/api/progress/{own}")
    for path, status in ((f"/api/progress/{job_id}", 404), (f"/api/progress?ids={own},{job_id}", 200)):
        assert asks.view(path).status_code == status
        assert asks.quick(path) is None
    assert job_id in asks.view(f"/api/progress?ids={own},{job_id}").get_json()["missing"]


@pytest.mark.parametrize("sent", [{}, {"x-api-key": "bb_wrong"}, {"Cookie": "backbeat=forged"}])
def test_whoever_has_not_come_in_is_left_to_the_view(app: Flask, job_id: str, ada: User, sent: dict[str, str]) -> None:
    Asks(app, cookie(app, sign_in("Ada"))).both(f"/api/progress/{job_id}")
    asks = Asks(app, sent)
    assert asks.view(f"/api/progress/{job_id}").status_code == 401
    assert asks.quick(f"/api/progress/{job_id}") is None


def test_two_cookies_of_one_name_are_left_to_the_view(app: Flask, job_id: str, ada: User) -> None:
    mine = cookie(app, sign_in("Ada"))
    asks = Asks(app, mine)
    asks.both(f"/api/progress/{job_id}")
    assert asks.quick(f"/api/progress/{job_id}", {"Cookie": f"{mine['Cookie']}; backbeat=forged"}) is None


@pytest.fixture
def elsewhere(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is changed meanwhile is changed by another process: this one forgets nothing by itself."""
    with monkeypatch.context() as patch:
        patch.setattr(memory.ShortMemory, "forget", lambda _: None)
        yield


@pytest.mark.usefixtures("elsewhere")
class TestAChangeElsewhere:
    """Without the clock going on, so that no age of what is known plays a part."""

    def test_a_key_that_is_revoked(
        self, app: Flask, job_id: str, advance: Advance, ada: User, key_of: Callable[[User, str], dict[str, str]]
    ) -> None:
        asks = Asks(app, key_of(ada, "operator"))
        asks.both(f"/api/progress/{job_id}")
        advance(0.5)
        keys.revoke(keys.of_user(ada.id)[0].id, actor="test")
        assert asks.quick(f"/api/progress/{job_id}") is None

    def test_a_person_who_signs_out(self, app: Flask, job_id: str, advance: Advance, ada: User) -> None:
        token = sign_in("Ada")
        asks = Asks(app, cookie(app, token))
        asks.both(f"/api/progress/{job_id}")
        advance(0.5)
        sign_ins.sign_out(token)
        assert asks.quick(f"/api/progress/{job_id}") is None

    def test_the_first_person_who_is_named(self, app: Flask, job_id: str, advance: Advance) -> None:
        asks = Asks(app)
        asks.both(f"/api/progress/{job_id}")
        advance(0.5)
        people.create("Ada", "admin", password=PASSWORD, actor="test")
        assert asks.quick(f"/api/progress/{job_id}") is None

    def test_it_is_found_out_anew_after_that(self, app: Flask, job_id: str, advance: Advance, ada: User) -> None:
        asks = Asks(app, cookie(app, sign_in("Ada")))
        asks.both(f"/api/progress/{job_id}")
        advance(0.5)
        people.create("Bob", "viewer", password=PASSWORD, actor="test")
        assert asks.quick(f"/api/progress/{job_id}") is None
        advance(1.1)  # until then the view, too, goes by what it knew before
        asks.both(f"/api/progress/{job_id}")

    def test_redis_losing_its_data(
        self, app: Flask, job_id: str, advance: Advance, ada: User, empty_redis: str
    ) -> None:
        asks = Asks(app, cookie(app, sign_in("Ada")))
        asks.both(f"/api/progress/{job_id}")
        advance(0.5)
        with redis_urls.client(empty_redis) as redis:
            redis.delete("backbeat:access")
        assert asks.quick(f"/api/progress/{job_id}") is None


def test_what_grows_old_is_renewed_by_one_while_others_are_answered(app: Flask, job_id: str, advance: Advance) -> None:
    asks, path = Asks(app), f"/api/progress/{job_id}"
    asks.both(path)
    advance(RENEWED_AFTER_SECONDS + 1)
    told = [asks.quick(path) is not None for _ in range(5)]
    assert told == [False, False, True, True, True]  # whether it is open, and then who asks
    advance(RENEWAL_SECONDS + 1)
    assert asks.quick(path) is None
    asks.both(path)


def test_nothing_is_believed_for_long(app: Flask, job_id: str, advance: Advance) -> None:
    asks, path = Asks(app), f"/api/progress/{job_id}"
    asks.both(path)
    advance(MAX_AGE_SECONDS - 1)
    assert any(asks.quick(path) for _ in range(3))
    advance(2)
    assert not any(asks.quick(path) for _ in range(3))


@pytest.mark.backend("socket")  # sentinels ask a master of their own accord
@pytest.mark.parametrize("form", ["/{job_id}", "?ids={job_id}"])
def test_it_asks_redis_once_and_the_database_nothing(
    app: Flask, job_id: str, ada: User, empty_redis: str, form: str
) -> None:
    path = "/api/progress" + form.format(job_id=job_id)
    asks = Asks(app, cookie(app, sign_in("Ada")))
    asks.both(path)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: asked.append(arguments[2]))
    with Redis.from_url(empty_redis) as watching:
        before = commands(watching)
        assert asks.quick(path) is not None
        told = {name: count - before.get(name, 0) for name, count in commands(watching).items()}
    assert {name: count for name, count in told.items() if count and name != "info"} == {"mget": 1}
    assert asked == []


def commands(redis: Redis) -> dict[str, int]:
    """How often each command has been given, by name."""
    stats = redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): facts["calls"] for name, facts in stats.items()}
