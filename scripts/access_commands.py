"""The commands `flask users …` and `flask keys …`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError

from errors import BackbeatError, InvalidInput
from extensions import current_settings
from models import ApiKey, User
from services import startup
from services.access import keys as access_keys
from services.access import links, people, roles
from services.access.identity import COMMAND_LINE
from services.library.users import default_owner

GAP = "  "
ROLES = "|".join(roles.ROLES)


@click.group()
def users() -> None:
    """People who can sign in."""


@click.group()
def keys() -> None:
    """API keys, for programs."""


def _command(group: click.Group, name: str) -> Callable[[Callable[..., None]], click.Command]:
    """A command that may be the first thing done here, and says what is wrong in one line."""

    def register(function: Callable[..., None]) -> click.Command:
        @group.command(name, help=function.__doc__)
        @with_appcontext
        @wraps(function)
        def run(**arguments: Any) -> None:
            with _one_line():
                startup.prepare()
                function(**arguments)

        return run

    return register


@contextmanager
def _one_line() -> Iterator[None]:
    """:raise click.ClickException: for what went wrong inside; it ends the command with 1."""
    try:
        yield
    except BackbeatError as e:
        raise click.ClickException(e.message) from e
    except OperationalError as e:
        raise click.ClickException(f"DATABASE_URL cannot be used: {str(e.orig).splitlines()[0]}") from e


@_command(users, "create")
@click.argument("name")
@click.option("--role", metavar=ROLES, help="[default: admin for the first, then viewer]")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input's first line.")
@click.option("--link", is_flag=True, help="Print a link by which they choose their password themselves, once.")
def create_user(name: str, role: str | None, password_stdin: bool, link: bool) -> None:
    """Add a person; the password is asked for unless you say otherwise."""
    if link and password_stdin:
        raise InvalidInput("Use --link or --password-stdin, not both: with a link they choose the password.")
    role = role or (roles.VIEWER if people.anybody() else roles.ADMIN)
    password = None if link else _password(password_stdin)
    user = people.create(name, role, password=password, actor=COMMAND_LINE)
    click.echo(f"Added {user.name} as {role}.")
    if link:
        _print_link(user)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt="The same again")
    return password


def _print_link(user: User) -> None:
    token = links.password_link(user.id, actor=COMMAND_LINE)
    hours = links.PASSWORD_SECONDS // 3600
    click.echo(f"Pass this on to {user.name}; it works once, for {hours} hours:")
    click.echo(f"{current_settings().base_url}/welcome/{token}")


@_command(users, "list")
def list_users() -> None:
    """Everybody who has been added."""
    rows = [
        (user.name, user.role, _day(user.created_at), _day(user.signed_in_at), _state(user))
        for user in people.all_people()
    ]
    _print_table(("NAME", "ROLE", "ADDED", "LAST SIGN-IN", "STATE"), rows, empty="Nobody yet: users create NAME")


def _state(user: User) -> str:
    if user.disabled_at is not None:
        return "disabled"
    return "" if user.password_hash else "no password yet"


@_command(users, "role")
@click.argument("name")
@click.argument("role", metavar=ROLES)
def set_role(name: str, role: str) -> None:
    """Give a person another role."""
    user = people.set_role(people.named(name).id, role, actor=COMMAND_LINE)
    click.echo(f"{user.name} is now {role}.")


@_command(users, "disable")
@click.argument("name")
def disable_user(name: str) -> None:
    """Shut a person out at once, with their keys; what is theirs stays."""
    user = people.disable(people.named(name).id, actor=COMMAND_LINE)
    click.echo(f"{user.name} cannot sign in any more.")


@_command(users, "enable")
@click.argument("name")
def enable_user(name: str) -> None:
    """Let a person in again."""
    user = people.enable(people.named(name).id, actor=COMMAND_LINE)
    click.echo(f"{user.name} can sign in again.")


@_command(users, "link")
@click.argument("name")
def link_user(name: str) -> None:
    """Print a link by which a person chooses a new password, once."""
    _print_link(people.named(name))


@_command(keys, "create")
@click.argument("name")
@click.option("--role", metavar=ROLES, default=roles.VIEWER, show_default=True)
@click.option("--user", metavar="NAME", help="Whom it acts for. [default: the first owner]")
def create_key(name: str, role: str, user: str | None) -> None:
    """Make a key and print it, once."""
    owner = people.named(user) if user else default_owner()
    _, text = access_keys.create(owner.id, name, role, actor=COMMAND_LINE)
    click.echo("Send this key as x-api-key; nobody can see it again:", err=True)
    click.echo(text)


@_command(keys, "list")
def list_keys() -> None:
    """Every key, revoked ones too."""
    rows = [_key_row(key, user) for key, user in access_keys.all_keys()]
    heads = ("ID", "NAME", "KEY", "ROLE", "ACTS FOR", "MADE", "LAST USED", "STATE")
    _print_table(heads, rows, empty="No keys yet: keys create NAME")


def _key_row(key: ApiKey, user: User) -> tuple[str, ...]:
    state = "revoked" if key.revoked_at is not None else ("owner disabled" if user.disabled_at is not None else "")
    made, used = _day(key.created_at), _day(key.used_at)
    return str(key.id), key.name, f"{key.prefix}…", key.role, user.name, made, used, state


@_command(keys, "revoke")
@click.argument("key_id", metavar="ID", type=int)
def revoke_key(key_id: int) -> None:
    """Make a key hold no more, for good."""
    key = access_keys.revoke(key_id, actor=COMMAND_LINE)
    click.echo(f"The key {key.name} ({key.prefix}…) holds no more.")


def _day(instant: float | None) -> str:
    return "never" if instant is None else datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%d")


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], *, empty: str) -> None:
    if not rows:
        click.echo(empty)
        return
    widths = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        click.echo(GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
