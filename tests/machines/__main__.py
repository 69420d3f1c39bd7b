"""`python -m tests.machines`: play the stories on a fleet of hosts, print what each has measured.

It ends with 1 if anything was lost, doubled, late, or otherwise not as promised.
"""

import argparse
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.machines import enclosure
from tests.machines.findings import Findings, Line, render
from tests.machines.fleet import Fleet
from tests.machines.person import Person
from tests.machines.stage import Stage
from tests.machines.stories import STORIES

SONGS = 200
INTERRUPTED = 130


def main(argv: Sequence[str]) -> int:
    arguments = _arguments(argv)
    if not arguments.inside:
        if refusal := enclosure.refusal():
            print(refusal, file=sys.stderr)
            return 1
        enclosure.enter(argv)
    with enclosure.prepared() as folder:
        try:
            return _play(folder, arguments)
        except KeyboardInterrupt:
            return INTERRUPTED
        finally:
            _end_all()


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.machines", description=__doc__)
    parser.add_argument("--stories", help=f"only these, as 1,3b; there are {', '.join(STORIES)}")
    parser.add_argument("--songs", type=int, default=SONGS, help=f"in the playlist; default={SONGS}")
    parser.add_argument(enclosure.INSIDE, action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args(argv)
    arguments.numbers = list(STORIES) if arguments.stories is None else arguments.stories.split(",")
    if unknown := [number for number in arguments.numbers if number not in STORIES]:
        parser.error(f"there is no story {unknown[0]!r}; there are {', '.join(STORIES)}")
    return arguments


def _play(folder: Path, arguments: argparse.Namespace) -> int:
    begun = time.monotonic()
    stage = _set(folder, arguments.songs)
    _say(f"{len(stage.song_ids)} songs are there, {time.monotonic() - begun:.0f} s after the start.")
    lines = [_line(stage, number) for number in arguments.numbers]
    _say(render(lines))
    _say(f"{time.monotonic() - begun:.0f} s in all; the logs of all hosts are in {folder}.")
    return 1 if any(line.wrong for line in lines) else 0


def _set(folder: Path, songs: int) -> Stage:
    fleet = Fleet(folder, _say)
    fleet.start()
    person = Person(fleet.balancer.url)
    _say("Importing songs …")
    with person.watching(person.import_songs(songs)) as watch:
        watch.await_end()
    assert watch.status == "finished", watch.last
    stage = Stage(fleet, person, 0, [])
    stage.song_ids = [int(row[0]) for row in stage.rows("SELECT id FROM song ORDER BY id")]
    stage.playlist_id = person.make_playlist("The fleet's", stage.song_ids)
    return stage


def _line(stage: Stage, number: str) -> Line:
    """The outcome of a story; one that breaks down is a breach, and the others still get their turn."""
    title, bound_seconds, play = STORIES[number]
    print(f"{number:>3} {title} …", end="", flush=True)
    begun = time.monotonic()
    stage.rounds = []
    try:
        findings = play(stage)
    except Exception as e:  # whatever it is, the table must tell of it
        traceback.print_exc()
        stage.fleet.lab.plug_all()
        told = (str(e).splitlines() or [""])[0]
        seen = "; ".join(str(played.watch) for played in stage.rounds)
        findings = Findings(
            0, 0, 0, 0.0, breaches=(f"broke down: {type(e).__name__}: {told}", f"seen until then: {seen}")
        )
    line = Line(number, title, bound_seconds, findings)
    _say(f" {'; '.join(line.wrong) or 'kept'} ({time.monotonic() - begun:.0f} s)")
    return line


def _say(text: str) -> None:
    print(text, flush=True)


def _end_all() -> None:
    """Everything below us; the kernel would do it too, once we are gone."""
    for process in psutil.Process().children(recursive=True):
        process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
