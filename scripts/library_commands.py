"""The commands `flask library …`."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import click
from flask.cli import with_appcontext

from extensions import current_settings
from services.importing.folders import import_paths
from services.importing.kinds import MEBIBYTE
from services.importing.report import ImportReport
from services.library.users import default_owner, owner_named

STEP_LABELS = {"reading": "Reading the files", "saving": "Building the playlists"}
WIDTH_OF_COUNTS = 9


@click.group()
def library() -> None:
    """Songs and playlists."""


@library.command("import")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--owner", metavar="NAME", help="Whose library it is, made if there is none. [default: the first owner's]"
)
@with_appcontext
def import_command(paths: tuple[Path, ...], owner: str | None) -> None:
    """Import audio, lyrics and playlist files, and whole folders of them.

    Exits with 1 if nothing at all could be taken in.
    """
    user = owner_named(owner) if owner else default_owner()
    progress = BarProgress()
    try:
        max_audio_bytes = current_settings().max_upload_mb * MEBIBYTE
        report = import_paths(user.id, paths, progress=progress, max_audio_bytes=max_audio_bytes)
    finally:
        progress.close()
    _print(report)
    if report.everything_refused:
        raise SystemExit(1)


def _print(report: ImportReport) -> None:
    for name, count in report.counts.items():
        click.echo(f"{count:>{WIDTH_OF_COUNTS},} {name}")
    for item in report.refusals:
        click.echo(f"Refused: {item.reason}", err=True)
    untold = report.refused - len(report.refusals)
    if untold:
        click.echo(f"… and {untold:,} more were refused.", err=True)
    if report.everything_refused and not report.refused:
        click.echo("There is nothing to import there.", err=True)


class BarProgress:
    """A progress bar in the terminal for each step."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._advance: Callable[[int], None] | None = None

    def step(self, name: str, total: int | None = None) -> None:
        self.close()
        if total:
            bar = click.progressbar(length=total, label=STEP_LABELS[name], file=sys.stderr)
            self._advance = self._open.enter_context(bar).update

    def advance(self, n: int = 1) -> None:
        if self._advance is not None:
            self._advance(n)

    def message(self, text: str) -> None:
        """A bar has no room for it."""

    def close(self) -> None:
        self._open.close()
        self._advance = None
