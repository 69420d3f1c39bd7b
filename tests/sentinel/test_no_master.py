"""What somebody is told whose sentinels know no master."""

import pytest

from errors import SettingsError
from scripts.supervision.redis_checks import check_redis_url
from tests.ops.launching import free_port
from tests.servers.sentinel import Watched


def test_it_says_that_no_sentinel_answers() -> None:
    with pytest.raises(SettingsError, match=r"No sentinel names a master: .*refused"):
        check_redis_url(f"redis+sentinel://127.0.0.1:{free_port()},127.0.0.1:{free_port()}/main")


def test_it_says_that_no_sentinel_knows_the_service(watched: Watched) -> None:
    url = watched.url.replace("/backbeat", "/other")
    with pytest.raises(SettingsError, match="No sentinel names a master: a sentinel knows no service 'other'"):
        check_redis_url(url)
