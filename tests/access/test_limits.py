"""Nobody guesses passwords by the thousand, from one address or for one name; nor asks for work without end."""

import pytest

import redis_urls
from errors import TooManyRequests
from models import User
from services.access import limits, sign_ins
from services.access.identity import Identity
from store import keys
from tests.access.conftest import ADDRESS, Advance, sign_in

SCRIPT = Identity("key", 1, "script", "viewer", 1)

MARK = keys.access()  # of changes of who may come in; it holds nothing of theirs


def _fail(name: str = "Ada", *, address: str = ADDRESS) -> None:
    with pytest.raises(sign_ins.WrongCredentials):
        sign_in(name, "a guess of mine", address=address)


def test_it_refuses_the_sixth_try_for_a_name_wherever_it_comes_from(advance: Advance, ada: User) -> None:
    for number in range(5):
        _fail(address=f"198.51.100.{number}")
    advance(10)
    with pytest.raises(TooManyRequests) as refusal:
        sign_in("ADA", address="203.0.113.1")
    assert refusal.value.retry_after_seconds == 50
    assert "50 seconds" in refusal.value.message
    advance(51)
    assert sign_in("Ada")


def test_it_says_the_same_of_a_name_that_nobody_has(ada: User) -> None:
    for _ in range(5):
        _fail("Nobody")
    with pytest.raises(TooManyRequests):
        sign_in("Nobody")


def test_it_refuses_the_twenty_first_try_of_an_address_for_any_name(advance: Advance, ada: User) -> None:
    for number in range(20):
        _fail(f"guess {number}")
    with pytest.raises(TooManyRequests):
        sign_in("Ada")
    assert sign_in("Ada", address="203.0.113.1")
    advance(61)
    assert sign_in("Ada")


def test_it_counts_one_ipv6_site_as_one_address(ada: User) -> None:
    for number in range(20):
        limits.check_sign_in(f"guess {number}", f"2001:db8::{number:x}")
    with pytest.raises(TooManyRequests):
        limits.check_sign_in("Ada", "2001:db8::ffff:1")
    limits.check_sign_in("Ada", "2001:db8:0:1::1")


def test_it_counts_an_ipv4_address_as_one_however_it_is_written(ada: User) -> None:
    for number in range(20):
        limits.check_sign_in(f"guess {number}", "::ffff:192.0.2.7")
    with pytest.raises(TooManyRequests):
        limits.check_sign_in("Ada", "192.0.2.7")


def test_it_forgives_a_name_whose_password_was_given_but_not_the_address(ada: User) -> None:
    for _ in range(4):
        for _ in range(4):
            _fail()
        sign_in("Ada")
    with pytest.raises(TooManyRequests):
        sign_in("Ada")
    assert sign_in("Ada", address="203.0.113.1")


def test_it_keeps_no_name_in_redis(ada: User, empty_redis: str) -> None:
    _fail("my password by mistake")
    names = [name.decode() for name in redis_urls.client(empty_redis).scan_iter()]
    assert names
    assert not any("mistake" in name for name in names)
    assert all(name.startswith("backbeat:rate:access:") for name in names if name != MARK)


def test_it_leaves_nothing_in_redis_for_long(ada: User, empty_redis: str) -> None:
    _fail()
    client = redis_urls.client(empty_redis)
    assert all(0 < client.ttl(name) <= 60 for name in client.scan_iter() if name.decode() != MARK)


@pytest.mark.parametrize("settings_overrides", [{"analyze_per_minute": 3}])
def test_it_lets_each_ask_for_so_much_work_a_minute(advance: Advance, ada: User) -> None:
    for _ in range(3):
        limits.check_analyze(SCRIPT)
    with pytest.raises(TooManyRequests) as refusal:
        limits.check_analyze(SCRIPT)
    assert refusal.value.retry_after_seconds == 60
    limits.check_analyze(Identity("person", 1, "Ada", "viewer"))
    advance(61)
    limits.check_analyze(SCRIPT)
