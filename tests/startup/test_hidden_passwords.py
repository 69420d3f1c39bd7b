"""An address that cannot be used is named without its password, however carelessly that was written."""

import pytest

from config import read_settings
from errors import SettingsError

CARELESS = ("p@ssword", "pa/ssword", "p@s/sword", "pass?word", "pass#word", "pa:ssword", "p\u2100ssword", "pass,word")


@pytest.mark.parametrize("password", CARELESS)
@pytest.mark.parametrize("login", [":{}", "user:{}", "{}"])
@pytest.mark.parametrize("rest", ["@h", "@h/0", "@h:1/0?patience=1"])
@pytest.mark.parametrize("scheme", ["redis://", "redis+sentinel://", "", "rediss//"])
def test_no_part_of_it_is_shown(scheme: str, login: str, rest: str, password: str) -> None:
    try:
        read_settings({"REDIS_URL": scheme + login.format(password) + rest})
    except SettingsError as e:
        shown, _, reason = e.message.replace("password", "").replace("rediss", "").partition(" cannot be used: ")
        assert "***@h" in shown
        assert "ss" not in shown + reason
        assert "'pa'" not in reason
        assert ":pa" not in reason


def test_it_says_how_a_password_is_written() -> None:
    with pytest.raises(SettingsError, match="written as %2F"):
        read_settings({"REDIS_URL": "redis://:pa/ssword@h"})


@pytest.mark.parametrize("url", ["postgres//u:pa/ssword@h/x", "u:p@ssword@h/x", "mysql://u:p\u2100ssword@h"])
def test_no_part_of_the_password_of_a_database_is_shown(url: str) -> None:
    with pytest.raises(SettingsError, match=r"DATABASE_URL='.*\*\*\*@h") as refused:
        read_settings({"DATABASE_URL": url})
    assert "ssword" not in refused.value.message
