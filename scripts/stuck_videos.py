"""Stuck videos from a shell: what `find_stuck_videos.py` and `retry_stuck_videos.py` do, beside a Backbeat or alone."""

import getpass
import json
import os
from collections.abc import Sequence
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

import clock
from scripts import commands
from scripts.commands import DONE, SOME_FAILED
from services.fleet.words import seconds_in_words
from services.videos import recovery
from services.videos.recovery_report import FAILED, SKIPPED, TRIGGERED, Line, Report
from services.videos.stuck import IN_WORDS

NAME_CHARS = 48
WIDE = 250  # for what reads our output
NONE_STUCK = "No video is stuck."

age_option = click.option(
    "--age-minutes",
    type=click.FloatRange(min=0),
    metavar="N",
    help="Only those that were made more than N minutes ago. [default: STUCK_AFTER_MINUTES]",
)


@click.command()
@age_option
@click.option("--json", "as_json", is_flag=True, help="The same for programs.")
def find(age_minutes: float | None, as_json: bool) -> int:
    """List the videos that are stuck: they wait, and nobody has picked them up.

    Exits with 0 whether there are any or not, and with 2 if that cannot be told.
    """
    seen = recovery.look(age_minutes=age_minutes, most=None, most_looked_at=None)
    stuck = [line for line in seen.lines if line.outcome == TRIGGERED]
    if as_json:
        click.echo(json.dumps({"count": len(stuck), "videos": [_document(line) for line in stuck]}, indent=2))
    elif stuck:
        _print(_table(stuck))
        click.echo(f"{len(stuck)} stuck. Start them again: python scripts/retry_stuck_videos.py")
    else:
        click.echo(NONE_STUCK)
    return DONE


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would be started, and change nothing.")
@click.option("--video-id", metavar="ID", help="Only this one.")
@age_option
def retry(dry_run: bool, video_id: str | None, age_minutes: float | None) -> int:
    """Start the videos again that are stuck.

    Exits with 1 if one could not be started, and with 2 if nothing could be done.
    """
    which: dict[str, Any] = {"video_id": video_id, "age_minutes": age_minutes}
    report = recovery.look(**which, most_looked_at=None) if dry_run else recovery.run(by=_who(), **which)
    for line in report.lines:
        click.echo(_told(line, dry_run))
    click.echo(_totals(report, dry_run))
    return SOME_FAILED if report.failed else DONE


def run(command: click.Command, args: Sequence[str] | None = None) -> int:
    """Run a command within Backbeat; its exit code."""
    return commands.run(command, args, after_an_outage="; say the same again later.")


def _who() -> str:
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container may run as a number that has no name
        name = f"user {os.getuid()}"
    return f"{name} (script)"


def _document(line: Line) -> dict[str, Any]:
    return {
        "id": line.video_id,
        "name": line.name,
        "status": line.status,
        "age_seconds": round(line.age_seconds, 1),
        "tenant_id": line.tenant_id,
        "created_at": clock.iso(line.created_at),
    }


def _print(table: Table) -> None:
    """As wide as the terminal is, or wider where an id would be cut."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    least = Measurement.get(console, console.options.update_width(WIDE), table).minimum
    console.width = max(console.width, least)
    console.print(table)


def _table(lines: Sequence[Line]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("ID", no_wrap=True)
    table.add_column("Name", overflow="ellipsis", max_width=NAME_CHARS)
    table.add_column("Status", no_wrap=True)
    table.add_column("Age", justify="right", no_wrap=True)
    table.add_column("Tenant ID", no_wrap=True)
    for line in lines:
        cells = (line.video_id, line.name, line.status, seconds_in_words(line.age_seconds), line.tenant_id)
        # As texts, since a name may look like markup; of a long one the beginning is enough.
        table.add_row(*(Text(cell, no_wrap=cell == line.name or None) for cell in cells))
    return table


def _told(line: Line, dry_run: bool) -> str:
    outcomes = {
        TRIGGERED: "would be started" if dry_run else f"started, run {line.job_id}",
        SKIPPED: f"skipped: {line.reason} ({IN_WORDS.get(line.reason, '')})",
        FAILED: f"failed: {line.reason}",
    }
    return f"{line.video_id}  {line.name[:NAME_CHARS]}  {outcomes[line.outcome]}"


def _totals(report: Report, dry_run: bool) -> str:
    counts = ", ".join(f"{name} {count}" for name, count in recovery.counts(report).items())
    dry = "Dry run, nothing was changed: " if dry_run else "Totals: "
    more = f" A run starts {recovery.MOST_STARTED} at most; say the same again for more." if report.is_cut else ""
    return f"{dry}{counts}.{more}"
