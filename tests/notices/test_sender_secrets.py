"""What is shown of an error says nothing of the address's secrets."""

import pytest

from clients.apprise_sender import without_secrets


@pytest.mark.parametrize(
    ("url", "said", "shown"),
    [
        ("json://vera:hush-hush@example.org/", "hush-hush was refused by example.org", "… was refused by example.org"),
        ("json://vera:p%40ss%2Fw0rd@example.org/", "vera with p@ss/w0rd failed", "… with … failed"),
        ("json://vera:p%40ss%2Fw0rd@example.org/", "no p%40ss%2Fw0rd", "no …"),
        ("json://vera:two words@example.org/", "no two%20words", "no …"),
        ("json://me:1234@example.org/", "1234 is no password", "… is no password"),
    ],
)
def test_it_masks_the_secret_however_it_is_written(url: str, said: str, shown: str) -> None:
    assert without_secrets(said, url, "example.org") == shown
