"""People and keys from the shell: tables that line up, and one line for what is wrong."""

import pytest
from click.testing import Result
from flask import Flask

from services.access import keys, links, people
from services.access.identity import Identity
from services.library import users
from tests.access.conftest import PASSWORD, Advance, sign_in


class Shell:
    def __init__(self, app: Flask) -> None:
        self._runner = app.test_cli_runner()

    def __call__(self, *words: str, typed: str = "") -> Result:
        return self._runner.invoke(args=words, input=typed)

    def lines(self, *words: str, typed: str = "") -> list[str]:
        result = self(*words, typed=typed)
        assert (result.exit_code, result.stderr) == (0, "")
        return result.stdout.splitlines()

    def refusal(self, *words: str, typed: str = "") -> str:
        result = self(*words, typed=typed)
        assert result.exit_code == 1
        (line,) = result.stderr.splitlines()
        return line


@pytest.fixture
def shell(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.setattr("services.startup.prepare", lambda: None)  # the tables are there
    users.default_owner()
    return Shell(app)


def test_it_asks_for_the_password_twice_and_shows_it_never(shell: Shell) -> None:
    lines = shell.lines("users", "create", "Ada", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert lines[-1] == "Added Ada as admin."
    assert not any(PASSWORD in line for line in lines)
    assert sign_in("Ada")


def test_it_reads_the_password_from_a_pipe(shell: Shell) -> None:
    assert shell.lines("users", "create", "Ada", "--password-stdin", typed=f"{PASSWORD}\r\nmore\n") == [
        "Added Ada as admin."
    ]
    assert sign_in("Ada")


def test_it_prints_a_link_instead(shell: Shell) -> None:
    *_, link = shell.lines("users", "create", "Ada", "--link")
    address, _, token = link.rpartition("/")
    assert address == "http://127.0.0.1:5001/welcome"
    links.use(token, name=None, password=PASSWORD)
    assert sign_in("Ada")


def test_it_takes_a_link_or_a_password(shell: Shell) -> None:
    assert "not both" in shell.refusal("users", "create", "Ada", "--link", "--password-stdin", typed=PASSWORD)
    assert not people.all_people()


def test_it_makes_the_first_an_admin_and_others_viewers(shell: Shell) -> None:
    for name in ("Ada", "Bob"):
        shell("users", "create", name, "--link")
    shell("users", "create", "Grace", "--link", "--role", "operator")
    assert [(person.name, person.role) for person in people.all_people()] == [
        ("Ada", "admin"), ("Bob", "viewer"), ("Grace", "operator"),
    ]  # fmt: skip


def test_it_lists_people_in_columns(advance: Advance, shell: Shell) -> None:
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    people.create("Bartholomew", "viewer", password=None, actor="test")
    people.disable(people.create("Grace", "operator", password=PASSWORD, actor="test").id, actor="test")
    sign_in("Ada")
    assert shell.lines("users", "list") == [
        "NAME         ROLE      ADDED       LAST SIGN-IN  STATE",
        "Ada          admin     2027-01-15  2027-01-15",
        "Bartholomew  viewer    2027-01-15  never         no password yet",
        "Grace        operator  2027-01-15  never         disabled",
    ]


def test_it_says_what_to_do_where_there_is_nobody_and_no_key(shell: Shell) -> None:
    assert shell.lines("users", "list") == ["Nobody yet: users create NAME"]
    assert shell.lines("keys", "list") == ["No keys yet: keys create NAME"]


def test_it_changes_roles_and_shuts_out_and_lets_in(shell: Shell) -> None:
    for name in ("Ada", "Bob"):
        people.create(name, "admin", password=PASSWORD, actor="test")
    assert shell.lines("users", "role", "bob", "operator") == ["Bob is now operator."]
    assert shell.lines("users", "disable", "bob") == ["Bob cannot sign in any more."]
    assert people.named("Bob").disabled_at is not None
    assert shell.lines("users", "enable", "bob") == ["Bob can sign in again."]
    assert people.named("Bob").disabled_at is None


def test_it_prints_a_link_for_a_forgotten_password(shell: Shell) -> None:
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    link = shell.lines("users", "link", "ada")[-1]
    assert links.find(link.rpartition("/")[2])


def test_it_makes_a_key_for_the_first_owner_and_prints_only_that(shell: Shell) -> None:
    result = shell("keys", "create", "nightly")
    text = result.stdout.strip()
    assert keys.identity_of(text) == Identity("key", users.default_owner().id, "My library, key nightly", "viewer", 1)
    assert "nobody can see it again" in result.stderr


def test_it_makes_a_key_for_somebody(shell: Shell) -> None:
    people.create("Ada", "admin", password=None, actor="test")
    bob = people.create("Bob", "operator", password=None, actor="test")
    text = shell("keys", "create", "nightly", "--user", "bob", "--role", "operator").stdout.strip()
    identity = keys.identity_of(text)
    assert identity is not None
    assert (identity.user_id, identity.role) == (bob.id, "operator")


def test_it_lists_keys_in_columns_and_revokes_them(advance: Advance, shell: Shell) -> None:
    key, _ = keys.create(users.default_owner().id, "nightly", "viewer", actor="test")
    assert shell.lines("keys", "revoke", str(key.id)) == [f"The key nightly ({key.prefix}…) holds no more."]
    assert shell.lines("keys", "list") == [
        "ID  NAME     KEY         ROLE    ACTS FOR    MADE        LAST USED  STATE",
        f"1   nightly  {key.prefix}…  viewer  My library  2027-01-15  never      revoked",
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("users", "create", "", "--link"), "A name is needed."),
        (("users", "create", "Bob", "--role", "king", "--link"), "it is viewer, operator or admin."),
        (("users", "create", "ADA", "--link"), "The name 'ADA' is taken"),
        (("users", "create", "Bob", "--password-stdin"), "A password is needed"),
        (("users", "disable", "ada"), "the only admin"),
        (("users", "role", "ada", "viewer"), "the only admin"),
        (("users", "link", "bob"), "There is nobody named 'bob'."),
        (("keys", "create", "nightly", "--role", "king"), "it is viewer, operator or admin."),
        (("keys", "create", "nightly", "--user", "bob"), "There is nobody named 'bob'."),
        (("keys", "revoke", "9"), "There is no such key."),
    ],
)
def test_it_says_in_one_line_what_is_wrong(shell: Shell, words: tuple[str, ...], reason: str) -> None:
    people.create("Ada", "admin", password=PASSWORD, actor="test")
    assert reason in shell.refusal(*words)
