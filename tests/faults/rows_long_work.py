"""A playlist of thousands of songs, whose workers are killed again and again (row 25)."""

import random
import time
from typing import Any

from sqlalchemy import insert

from extensions import transaction
from models import Song
from services.jobs.runner import CHUNK_SECONDS
from services.library import playlists, songs, users
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.processes import finished_children
from tests.stack import Stack
from tests.waiting import wait_until

SONGS, MANY_SONGS = 2_000, 10_000
KILLS = 5
CLICKS = 5
MARGIN_SECONDS = 1.0
LONGEST_ACCEPT_SECONDS = 2.0
LYRICS = "La la la, the river runs\nHe drew a knife and stabbed him dead\nLa la la, all day long"


@row("25", "a playlist of thousands, its workers killed 5 times")
def long_playlist(kit: Kit) -> Outcome:
    size = SONGS if kit.tries == 1 else MANY_SONGS
    with kit.stack() as stack, inside(stack):
        playlist_id, song_ids = _long_playlist(size)
        owner_id = users.default_owner().id
        clicked = [songs.create_song(owner_id, title=f"Click {n}", lyrics=LYRICS).id for n in range(CLICKS + 1)]
        all_clicked = list(clicked)
        unhindered = _waited_seconds(stack, str(stack.post(f"/api/songs/{clicked.pop()}/analyze")["job_id"]))
        begun = time.monotonic()
        job_id = stack.post(f"/api/playlists/{playlist_id}/analyze")["job_id"]
        accepted_seconds = time.monotonic() - begun
        clicks = [_click_at(stack, job_id, size * n // (2 * CLICKS), song) for n, song in enumerate(clicked, start=1)]
        for n in range(KILLS):
            _kill_at(stack, job_id, size // 2 + size * n // (2 * KILLS), random.Random(kit.seed + n))
        stack.ended(job_id, within_seconds=900)
        seconds = time.monotonic() - begun
        counted = effects.by_song(stack.engine)
        lost, doubled = effects.lost_and_doubled(counted, [str(song) for song in (*song_ids, *all_clicked)])
        waited = max(_waited_seconds(stack, click) for click in clicks)
        again = int(stack.rows("SELECT sum(attempt - 1) FROM job WHERE parent_id = :id", id=job_id)[0][0])
        # A lane works so long before others get their turn, is in mid-song then, and somebody must be woken.
        longest_wait = CHUNK_SECONDS + _longest_song_seconds(stack, job_id) + unhindered + MARGIN_SECONDS
    breaches = _breaches(accepted_seconds, again)
    breaches += [f"another's click waited {waited:.1f} s, a chunk is {longest_wait:.1f} s"] * (waited > longest_wait)
    note = f"{size} songs in {seconds:.0f} s, {again} tried again; another's click waited {waited:.1f} s; fast leases"
    return Outcome(len(song_ids) + len(all_clicked), lost, doubled, None, tuple(breaches), note)


def _breaches(accepted_seconds: float, tried_again: int) -> list[str]:
    wrong = []
    if accepted_seconds > LONGEST_ACCEPT_SECONDS:
        wrong.append(f"the playlist was accepted only after {accepted_seconds:.1f} s")
    if tried_again > KILLS:
        wrong.append(f"{tried_again} songs were tried again after {KILLS} kills")
    return wrong


def _long_playlist(size: int) -> tuple[int, list[int]]:
    owner_id = users.default_owner().id
    with transaction() as session:
        made = list(session.scalars(insert(Song).returning(Song.id), [_song_row(owner_id, n) for n in range(size)]))
    return playlists.create_playlist(owner_id, "The long one", made).id, made


def _song_row(owner_id: int, n: int) -> dict[str, Any]:
    """All at once, since one by one is what takes the time."""
    keys = {"fingerprint": f"{n:064}", "title_key": f"long {n:05}", "artist_key": "patient", "search_text": f"long {n}"}
    times = {"created_at": 0.0, "updated_at": 0.0}
    return {"owner_id": owner_id, "title": f"Long {n}", "lyrics": LYRICS, "lyrics_source": "pasted"} | keys | times


def _click_at(stack: Stack, parent_id: str, done: int, song_id: int) -> str:
    """Another person's wish while the playlist is being worked at; its job."""
    _await_children(stack, parent_id, done)
    return str(stack.post(f"/api/songs/{song_id}/analyze")["job_id"])


def _kill_at(stack: Stack, parent_id: str, done: int, chance: random.Random) -> None:
    _await_children(stack, parent_id, done)
    wait_until(lambda: stack.processes("worker"), "a worker is there to be killed")
    chance.choice(stack.processes("worker")).kill()


def _await_children(stack: Stack, parent_id: str, done: int) -> None:
    wait_until(lambda: finished_children(stack, parent_id) >= done, f"{done} songs are done", within_seconds=600)


def _longest_song_seconds(stack: Stack, parent_id: str) -> float:
    """Of those that no kill cut short."""
    query = "SELECT max(ended_at - started_at) FROM job WHERE parent_id = :id AND attempt = 1"
    return float(stack.rows(query, id=parent_id)[0][0])


def _waited_seconds(stack: Stack, job_id: str) -> float:
    query = "SELECT started_at - created_at FROM job WHERE id = :id"
    wait_until(lambda: stack.rows(query, id=job_id)[0][0] is not None, "the click's job starts", within_seconds=60)
    return float(stack.rows(query, id=job_id)[0][0])
