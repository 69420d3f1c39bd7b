"""What `REDIS_URL` may say of sentinels."""

from typing import Any

import pytest

import redis_urls
from config import read_settings
from errors import SettingsError
from sentinels import parse_sentinel_url


@pytest.mark.parametrize(
    ("url", "hosts", "service", "database"),
    [
        ("redis+sentinel://one/main", (("one", 26379),), "main", 0),
        ("redis+sentinel://one:1,two:2/main/3", (("one", 1), ("two", 2)), "main", 3),
        ("redis+sentinel://[::1]:5,[fe80::1]/main", (("::1", 5), ("fe80::1", 26379)), "main", 0),
        ("rediss+sentinel://10.0.0.1/my%20main/0", (("10.0.0.1", 26379),), "my main", 0),
    ],
)
def test_it_names_sentinels_and_a_service(url: str, hosts: Any, service: str, database: int) -> None:
    parsed = parse_sentinel_url(url)
    assert (parsed.hosts, parsed.service, parsed.options.get("db", 0)) == (hosts, service, database)


def test_passwords_of_servers_and_of_sentinels_are_two() -> None:
    parsed = parse_sentinel_url("redis+sentinel://u%40x:p%2Fw@one/main?sentinel_username=s&sentinel_password=q")
    assert parsed.options == {"username": "u@x", "password": "p/w"}
    assert parsed.sentinel_options == {"username": "s", "password": "q", "ssl": False}
    assert "p/w" not in repr(parsed)


def test_certificates_hold_for_sentinels_too() -> None:
    parsed = parse_sentinel_url("rediss+sentinel://one/main?ssl_ca_certs=/ca.pem")
    assert parsed.sentinel_options == {"ssl": True, "ssl_ca_certs": "/ca.pem"}


def test_sentinels_may_speak_plainly_while_servers_are_encrypted() -> None:
    parsed = parse_sentinel_url("rediss+sentinel://one/main?ssl_ca_certs=/ca.pem&sentinel_ssl=no")
    assert (parsed.is_encrypted, parsed.sentinel_options) == (True, {"ssl": False})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis+sentinel://one,two", "/service[/database]"),
        ("redis+sentinel://one/main/first", "/service[/database]"),
        ("redis+sentinel://one:0/main", "'one:0' is no sentinel"),
        ("redis+sentinel://one:port/main", "'one:port' is no sentinel"),
        ("redis+sentinel://one,,two/main", "'' is no sentinel"),
        ("redis+sentinel://one/main?socket_timeout=long", "socket_timeout"),
        ("redis+sentinel://one/main?patience=1", "patience is no option"),
        ("redis+sentinel://one/main?sentinel_patience=1", "patience is no option"),
        ("redis://one/0?patience=1", "patience is no option"),
        ("sentinel://one/main", "redis+sentinel:// or rediss+sentinel://"),
    ],
)
def test_a_wrong_one_is_refused_in_one_line(url: str, said: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({"REDIS_URL": url})
    assert refused.value.message.startswith(f"REDIS_URL={url!r} cannot be used: ")
    assert said in refused.value.message
    assert "\n" not in refused.value.message


def test_no_password_is_shown() -> None:
    url = "redis+sentinel://u:secret@one/main?sentinel_password=hidden&patience=1"
    with pytest.raises(SettingsError) as refused:
        read_settings({"REDIS_URL": url})
    shown = refused.value.message + redis_urls.without_password(url)
    assert "secret" not in shown
    assert "hidden" not in shown
