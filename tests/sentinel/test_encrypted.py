"""TLS and passwords, of the servers and of their sentinels."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import redis_urls
from errors import SettingsError
from scripts.supervision.redis_checks import check_redis_url
from tests.servers.certificates import certificates
from tests.servers.sentinel import Watched, redis_behind_sentinels

PASSWORD = "a-password-for-tests"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = certificates(tmp_path)
    with redis_behind_sentinels(tmp_path / "redis", certificates=made, password=PASSWORD) as watched:
        yield watched


def test_it_comes_in_with_both(watched: Watched) -> None:
    with redis_urls.client(watched.url) as client:
        assert client.set("number", "1")


def test_it_says_that_a_sentinel_lets_it_not_in(watched: Watched) -> None:
    with pytest.raises(SettingsError, match="No sentinel names a master") as refused:
        check_redis_url(watched.url.replace(f"sentinel_password={PASSWORD}", "sentinel_password=wrong-one"))
    assert "wrong-one" not in refused.value.message


def test_it_trusts_no_certificate_that_nobody_vouches_for(watched: Watched) -> None:
    url, _, query = watched.url.partition("?")
    own = "&".join(part for part in query.split("&") if not part.startswith("ssl_ca_certs"))
    with pytest.raises(SettingsError, match="CERTIFICATE_VERIFY_FAILED"):
        check_redis_url(f"{url}?{own}")
