"""How long nginx waits, and when it holds a host for lost: the same in example, manual and `make fleet`."""

import re
from pathlib import Path

import pytest

from extensions import POOL_SECONDS, POSTGRESQL_CONNECT_SECONDS, POSTGRESQL_UNHEARD_SECONDS
from tests.deploy.examples import DEPLOY
from tests.machines import balancer
from tests.ops.launching import PROJECT

EXAMPLE = (DEPLOY / "nginx" / "backbeat.conf").read_text()
TEXTS = {
    "example": EXAMPLE,
    "manual": (PROJECT / "docs" / "many-machines.md").read_text(),
    "fleet": Path(balancer.__file__).read_text().replace("{{", "{").replace("}}", "}"),
}


def of_location(text: str, location: str) -> dict[str, str]:
    """Its time-outs."""
    found = re.search(rf"location {re.escape(location)} {{(.*?)\n *}}", text, re.DOTALL)
    assert found, f"there is no location {location}"
    return dict(re.findall(r"(proxy_\w+_timeout) (\w+);", found[1]))


def failures_allowed(text: str) -> set[str]:
    return set(re.findall(r"max_fails=\d+ fail_timeout=\w+", text))


@pytest.mark.parametrize("name", TEXTS)
def test_all_have_the_same_patience_with_a_poll(name: str) -> None:
    assert of_location(TEXTS[name], "/api/progress") == of_location(EXAMPLE, "/api/progress")


@pytest.mark.parametrize("name", TEXTS)
def test_all_hold_a_host_for_lost_after_the_same_failures(name: str) -> None:
    assert failures_allowed(TEXTS[name]) == failures_allowed(EXAMPLE)
    assert len(failures_allowed(EXAMPLE)) == 1


def test_a_database_that_is_silent_is_not_the_hosts_failure() -> None:
    """Backbeat's own 503 comes first."""
    patience_seconds = int(of_location(EXAMPLE, "/api/progress")["proxy_read_timeout"].removesuffix("s"))
    assert patience_seconds > max(POOL_SECONDS, POSTGRESQL_CONNECT_SECONDS, POSTGRESQL_UNHEARD_SECONDS)


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_no_poll_has_the_patience_of_all_else(name: str) -> None:
    assert of_location(TEXTS[name], "= /api/progress/cleanup") == {}
