"""The commands `flask footage …`."""

from collections.abc import Iterator
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

import clock
from errors import BackbeatError, NotFound
from extensions import db
from models import Footage, FootageEvent
from services.footage import catalogue
from services.footage.catalogue import Said
from services.footage.reads import get_footage
from services.footage.said import keywords_in
from services.library.users import default_owner, owner_named

owner_option = click.option(
    "--owner", metavar="NAME", help="Whose footage, made if there is none. [default: the first owner]"
)
WIDTH_OF_STATUS = 25


@click.group()
def footage() -> None:
    """Clips of raw material, and what is made of them."""


def _owner_id(name: str | None) -> int:
    return (owner_named(name) if name else default_owner()).id


@footage.command("add")
@click.argument("sources", metavar="PATH|URL…", nargs=-1, required=True)
@click.option("--title", default="", help="What is to be seen.")
@click.option("--description", default="", help="What is to be seen, in a sentence or two.")
@click.option("--keywords", default="", help="With commas between.")
@click.option("--source-url", help="The address of a page that tells about it.")
@owner_option
@with_appcontext
def add_command(
    sources: tuple[str, ...], title: str, description: str, keywords: str, source_url: str | None, owner: str | None
) -> None:
    """Take footage in: copies of files of this machine, or what addresses have.

    The autolog does the rest: start a session of it. Exits with 1 if one could not be taken.
    """
    owner_id, failed = _owner_id(owner), False
    said = Said(title, description, keywords_in(keywords), source_url)
    for source in sources:
        try:
            click.echo(f"{_add(owner_id, source, said)}  {source}")
        except BackbeatError as e:
            click.echo(f"Refused: {e.message}", err=True)
            failed = True
    if failed:
        raise SystemExit(1)


def _add(owner_id: int, source: str, said: Said) -> str:
    if "://" in source:
        return catalogue.add_url(owner_id, source, said=said)
    return catalogue.add_path(owner_id, str(Path(source).absolute()), anywhere=True, said=said)


@footage.command("list")
@click.option("--status", help="Only those at this status, such as “7 - Complete”.")
@owner_option
@with_appcontext
def list_command(status: str | None, owner: str | None) -> None:
    """List footage, the newest first."""
    owner_id, cursor = _owner_id(owner), None
    while True:
        try:
            page = catalogue.page(owner_id, status=status, cursor=cursor, limit=100)
        except BackbeatError as e:
            raise click.ClickException(e.message) from e
        for row in page.rows:
            click.echo(_line(row))
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(row: Footage) -> str:
    told = f"{row.id}  {row.status:<{WIDTH_OF_STATUS}} {row.title or row.file_name}"
    trouble = row.error or row.awaits
    return f"{told}: {trouble}" if trouble else told


@footage.command("show")
@click.argument("footage_id", metavar="AF0001")
@with_appcontext
def show_command(footage_id: str) -> None:
    """Tell all that is known of one record, and how it came where it is."""
    try:
        row = get_footage(footage_id)
    except NotFound as e:
        raise click.ClickException(e.message) from e
    for name, value in _facts(row):
        click.echo(f"{name:<12} {value}")
    click.echo("")
    for event in db.session.scalars(
        select(FootageEvent).where(FootageEvent.footage_id == footage_id).order_by(FootageEvent.id)
    ):
        click.echo(_move(event))


def _facts(row: Footage) -> Iterator[tuple[str, str]]:
    """What is known, without what is not."""
    size = f"{row.width} × {row.height}" if row.width else ""
    told = {
        "id": row.id,
        "status": row.status,
        "title": row.made_title or row.title,
        "description": row.made_description or row.description,
        "keywords": ", ".join(row.tags or row.keywords),
        "file": row.file_name,
        "page": row.source_url,
        "length": f"{row.duration_seconds:.1f} s" if row.duration_seconds else "",
        "picture": " ".join(filter(None, (size, row.video_codec))),
        "sound": row.audio_codec,
        "error": row.error,
        "next try": clock.iso(row.retry_at),
        "awaits": row.awaits,
    }
    return ((name, value) for name, value in told.items() if value)


def _move(event: FootageEvent) -> str:
    what = f"frame {event.frame_position}" if event.frame_position else "footage"
    moved = f"failed at {event.to_status}" if event.is_failure else event.to_status
    about = " ".join(filter(None, (event.note, f"({event.by})" if event.by else "")))
    return f"{clock.iso(event.at)}  {what:<9} {moved}  {about}".rstrip()
