"""The commands `flask episodes …`."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from errors import BackbeatError
from models import Episode
from services.episodes import arrivals, reads
from services.episodes import discover as discovery
from services.episodes.arrivals import Arrival
from services.library.users import default_owner, owner_named

owner_option = click.option(
    "--owner", metavar="NAME", help="Whose episodes, made if there is none. [default: the first owner]"
)
WIDTH_OF_STAGE = 12


@click.group()
def episodes() -> None:
    """Recordings, and what is made of them."""


def _owner_id(name: str | None) -> int:
    return (owner_named(name) if name else default_owner()).id


@episodes.command("add")
@click.argument("sources", metavar="PATH|URL…", nargs=-1, required=True)
@click.option("--title", help="What it is called. [default: made of the file's name]")
@click.option("--id", "episode_id", help="Its id, for one alone. [default: made of the title]")
@owner_option
@with_appcontext
def add_command(sources: tuple[str, ...], title: str | None, episode_id: str | None, owner: str | None) -> None:
    """Take recordings in: copies of files of this machine, or what addresses have.

    Workers do the rest, so they must be running. Exits with 1 if one could not be taken.
    """
    owner_id, failed = _owner_id(owner), False
    for source in sources:
        try:
            _tell(_take(owner_id, source, title or "", episode_id))
        except BackbeatError as e:
            click.echo(f"Refused: {e.message}", err=True)
            failed = True
    if failed:
        raise SystemExit(1)


def _take(owner_id: int, source: str, title: str, episode_id: str | None) -> Arrival:
    if "://" in source:
        return arrivals.take_url(owner_id, source, title=title, episode_id=episode_id)
    path = str(Path(source).absolute())
    return arrivals.take_path(owner_id, path, anywhere=True, title=title, episode_id=episode_id)


def _tell(arrival: Arrival) -> None:
    click.echo(f"{arrival.episode_id}  arriving, by job {arrival.submission.job_id}")


@episodes.command("discover")
@owner_option
@with_appcontext
def discover_command(owner: str | None) -> None:
    """Take in what is new in WATCH_DIR, and in the storage's inbox."""
    try:
        found = discovery.discover(_owner_id(owner))
    except BackbeatError as e:
        raise click.ClickException(e.message) from e
    for arrival in found:
        _tell(arrival)
    click.echo(f"{len(found):,} new.")


@episodes.command("list")
@owner_option
@with_appcontext
def list_command(owner: str | None) -> None:
    """List episodes, the newest first."""
    owner_id, cursor = _owner_id(owner), None
    while True:
        page = reads.episode_list(owner_id, cursor=cursor, limit=100)
        for line in page.lines:
            click.echo(_line(line.episode))
        cursor = page.next_cursor
        if cursor is None:
            return


def _line(episode: Episode) -> str:
    state = episode.stage if episode.arrival == "ready" else episode.arrival
    told = f"{state:<{WIDTH_OF_STAGE}} {episode.id}  {episode.title}"
    return f"{told}: {episode.problem_text}" if episode.problem_text else told
