"""`python -m bench.chunked`: a playlist of many songs, beside the same task without an engine.

Overhead is what the job of one worker takes for each song beyond the analysis itself (the analyser alone, in a process
that does nothing else), in parts of that; and beyond its task, which also reads the song and saves what it found. While
the job runs its bar is polled, and twice a second the memory of the worker and its horses is looked at.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any

import orjson
import psutil
from sqlalchemy import insert, select

from bench.engine import Environ, application
from bench.figures import middle
from bench.measuring import Effort, Suite, Trial, Values, finish, parser
from bench.results import Aim, Findings
from bench.servers import ROOT, folder, process, python, redis_server, wait_for
from extensions import current_settings, db, transaction
from models import Song
from services import analysing
from services.jobs import reads, states
from services.library import playlists, users

SONGS, SONGS_ALONE = 10_000, 1_500
POLL_SECONDS, MEMORY_SECONDS = 0.05, 0.5
LONGEST_SECONDS = 400.0
MOST_OVERHEAD = 0.15
SAVES_BEFORE = 20  # untimed: the first pay for imports and for statements
BASE, ENGINE = "the task alone", "one playlist"


class Alone:
    """What a task is given where nobody wants to know how far it is."""

    def __init__(self) -> None:
        self.progress = self

    def step(self, _name: str) -> None:
        """Nobody asks."""

    def checkpoint(self) -> None:
        """Nobody stops it."""


def seed(number: int) -> list[int]:
    """A playlist of so many songs, with the words of those in the sample library; its id and theirs are told."""
    owner_id = users.default_owner().id
    words = [path.read_text() for path in sorted((ROOT / "sample_library" / "songs").glob("*.lrc"))]
    rows = [
        {
            "owner_id": owner_id,
            **dict.fromkeys(("title", "fingerprint", "title_key", "search_text"), f"Song {at}"),
            **dict.fromkeys(("artist", "artist_key"), "The Benchmarks"),
            "lyrics": text,
            "lyrics_source": "pasted",
            **dict.fromkeys(("created_at", "updated_at"), 0.0),
        }
        for at, text in enumerate(islice(cycle(words), number))
    ]
    with transaction() as session:
        session.execute(insert(Song), rows)
    return list(db.session.scalars(select(Song.id).order_by(Song.id)))


def alone(song_ids: list[int]) -> Values:
    analyser = analysing.load_analyser(current_settings().analyser)
    texts = {row.id: row.lyrics for row in db.session.execute(select(Song.id, Song.lyrics))}
    _do_tasks(song_ids[:SAVES_BEFORE])
    began = time.perf_counter()
    for song_id in song_ids:
        analyser.analyse(texts[song_id] or "")
    analysed = time.perf_counter()
    _do_tasks(song_ids)
    ended = time.perf_counter()
    return {
        "song_milliseconds": (ended - analysed) / len(song_ids) * 1000,
        "analyser_milliseconds": (analysed - began) / len(song_ids) * 1000,
    }


def _do_tasks(song_ids: Sequence[int]) -> None:
    for song_id in song_ids:
        outcome = analysing.analyze_song(song_id, Alone())  # type: ignore[arg-type] # all that the task asks for
        with transaction():
            outcome.save()
        db.session.remove()


def in_a_playlist(song_ids: list[int], environ: Environ) -> Values:
    """With one worker that is up already, and the janitor."""
    owner_id = users.default_owner().id
    playlist_id = playlists.create_playlist(owner_id, f"Many {time.time_ns()}", song_ids).id
    with process(python("bench.worker"), environ) as worker, process(python("workers.janitor"), environ):
        _warm_up(song_ids[0])
        began = time.perf_counter()
        deadline = began + LONGEST_SECONDS
        job_id = analysing.submit_playlist(playlist_id).job_id
        bar, memory = watch(job_id, psutil.Process(worker.pid), deadline)
        seconds = time.perf_counter() - began
    return {
        "song_milliseconds": seconds / len(song_ids) * 1000,
        "longest_gap_seconds": max((after - before for before, after in pairwise(bar)), default=0.0),
        "peak_megabytes": max(memory),
        "memory_growth": growth(memory),
    }


def growth(memory: Sequence[float]) -> float:
    """The last quarter's median, in parts of the second's: the first still starts up, and peaks are chance. Pure."""
    quarter = max(1, len(memory) // 4)
    return middle(memory[-quarter:]) / middle(memory[quarter : 2 * quarter] or memory)


def _warm_up(song_id: int) -> None:
    """:raise TimeoutError: if the worker does not get to it."""
    job_id = analysing.submit_song(song_id).job_id
    wait_for(lambda: _document(job_id)["status"] == states.FINISHED)


def _document(job_id: str) -> dict[str, Any]:
    document: dict[str, Any] = orjson.loads(reads.progress(job_id).body)
    return document


def watch(job_id: str, worker: psutil.Process, deadline: float) -> tuple[list[float], list[float]]:
    """The instants at which the bar moved, from the beginning to the end, and what the worker and its horse held
    meanwhile, in MB.

    :raise TimeoutError: if it does not end in time.
    :raise RuntimeError: if it ends otherwise than it should.
    """
    moved, memory, last = [time.perf_counter()], [_megabytes(worker)], -1.0
    looks_at = moved[0] + MEMORY_SECONDS
    while (document := _document(job_id))["status"] not in states.ENDED:
        now = time.perf_counter()
        if document["progress"] > last:
            last = document["progress"]
            moved.append(now)
        if now >= looks_at:
            memory.append(_megabytes(worker))
            looks_at = now + MEMORY_SECONDS
        if now > deadline:
            raise TimeoutError(f"The playlist is at {last:.0%} after {LONGEST_SECONDS:.0f} s.")
        time.sleep(POLL_SECONDS)
    if document["status"] != states.FINISHED:
        raise RuntimeError(f"The playlist ended as {document['status']}, and nothing in it could fail.")
    return [*moved, time.perf_counter()], memory


def _megabytes(worker: psutil.Process) -> float:
    """What both hold for themselves alone: a horse shares most of what it has with its worker."""
    total = 0.0
    for one in (worker, *worker.children(recursive=True)):
        try:
            total += one.memory_full_info().uss / 1024**2
        except psutil.NoSuchProcess:  # the horse has ended just now
            continue
    return total


def limit(overhead_milliseconds: float) -> str:
    """What that much for a song means for other analyses. Pure."""
    return (
        f"The engine takes {overhead_milliseconds:.1f} ms for a song: a claim and an end, each a transaction with its "
        "history and what the job logged, and the song's part of a fork for each ring, after which every page of the "
        "analyser that is touched is copied. Those are there however long the analysis takes. Within "
        f"{MOST_OVERHEAD:.0%} are analyses of {overhead_milliseconds / MOST_OVERHEAD:.0f} ms and more; a song's words, "
        "judged by rules, are shorter work than that."
    )


def measure(effort: Effort, songs: int) -> Findings:
    number, fewer = effort.size(songs, 100), effort.size(SONGS_ALONE, 50)
    with folder() as where, redis_server(where) as url, application(url, Path(where) / "app") as environ:
        song_ids = seed(number)
        table = Suite(
            "chunked",
            f"A playlist of {number:,} songs, one worker; the task alone on {min(fewer, number):,} of them",
            "song_milliseconds",
            BASE,
            [Trial(BASE, lambda _: alone(song_ids[:fewer])), Trial(ENGINE, lambda _: in_a_playlist(song_ids, environ))],
        ).run(effort)
    engine, task = table.row(ENGINE), table.row(BASE)
    table.note = limit(engine.of("song_milliseconds") - task.of("song_milliseconds"))
    of_analysis = engine.of("song_milliseconds") / task.of("analyser_milliseconds") - 1
    aims = [
        Aim("overhead for a song, in parts of the analysis itself", of_analysis, MOST_OVERHEAD, at_least=False),
        Aim(
            "overhead for a song, in parts of the task with its save",
            table.ratio(ENGINE) - 1,
            MOST_OVERHEAD,
            at_least=False,
        ),
        Aim("seconds between two moves of the bar", engine.of("longest_gap_seconds"), 1.0, at_least=False),
        Aim("memory in the last quarter of the job, to the second", engine.of("memory_growth"), 1.2, at_least=False),
    ]
    return Findings("chunked", tables=[table], aims=aims)


def main() -> int:
    options: argparse.ArgumentParser = parser(__doc__, rounds=1)
    options.add_argument("--songs", type=int, default=SONGS, help=f"default={SONGS}")
    asked = options.parse_args()
    return finish(asked, lambda effort: measure(effort, asked.songs))


if __name__ == "__main__":
    sys.exit(main())
