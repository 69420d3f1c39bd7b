"""Many who look on (row 26), and consoles that are open beside a long queue (row 17)."""

import itertools

from sqlalchemy import insert

import clock
from bench.console import MOST_MORE_STATEMENTS, MOST_RATIO, MOST_ROUND_TRIPS, Measured, Site, aged, pages
from extensions import transaction
from models import Playlist, PlaylistSong, Song
from services.library import users
from tests.faults.browsers import Seen, watch
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome

PLAYLISTS, PLAYLIST_SONGS = (1, 2), 10_000
LYRICS = "La la la, all day long"
CLICK_LIMIT_SECONDS, OWN_JOB_LIMIT_SECONDS = 3.0, 15.0
ONE_CLICKS_OF = 20

FEW_JOBS, MANY_JOBS, ROUNDS = 1_000, 100_000, 5
QUICK_MILLISECONDS = 200.0  # a page as quick as that is not called slow for what it takes with few jobs


@row("26", "browsers by the hundred beside playlists of 10,000 songs")
def browsers(kit: Kit) -> Outcome:
    """500 of them for a minute, at the client's own pace."""
    number, seconds = 500, 60.0
    with kit.stack() as stack:
        with inside(stack):
            own = _make_library(number // ONE_CLICKS_OF)
        # Two at a time, or a quick machine would be done before the minute is over.
        jobs = [stack.post(f"/api/playlists/{playlist}/analyze")["job_id"] for playlist in PLAYLISTS]
        seen = watch(stack.url, jobs[-1], number, own, seconds)
        done = stack.get(f"/api/progress/{jobs[-1]}")["progress"]
        for job_id in jobs:
            stack.client.post(f"/api/jobs/{job_id}/cancel")
        return Outcome(
            number, lost=seen.never_ended, breaches=tuple(_breaches(seen)), note=_note(seen, number, seconds, done)
        )


def _make_library(own: int) -> list[int]:
    """Fill the playlists; the ids of so many songs that are in none."""
    owner_id, now = users.default_owner().id, clock.now()
    ids = range(1, PLAYLIST_SONGS + own + 1)
    same = {"owner_id": owner_id, "artist": "The Many", "artist_key": "many", "lyrics": LYRICS}
    same |= {"created_at": now, "updated_at": now}
    songs = [
        same
        | {"id": n, "title": f"Song {n}", "title_key": f"{n:05}", "search_text": f"song {n}", "fingerprint": str(n)}
        for n in ids
    ]
    with transaction() as session:
        session.execute(insert(Song), songs)
        for playlist in PLAYLISTS:
            values = {"id": playlist, "owner_id": owner_id, "name": f"All, {playlist}"}
            session.execute(insert(Playlist).values(**values, created_at=now, updated_at=now))
            members = [{"playlist_id": playlist, "position": n, "song_id": n} for n in ids[:PLAYLIST_SONGS]]
            session.execute(insert(PlaylistSong), members)
    return list(ids[PLAYLIST_SONGS:])


def _breaches(seen: Seen) -> list[str]:
    slow_clicks = [seconds for seconds in seen.click_seconds if seconds > CLICK_LIMIT_SECONDS]
    slow_jobs = [seconds for seconds in seen.own_job_seconds if seconds > OWN_JOB_LIMIT_SECONDS]
    return [
        *([f"answers {seen.served_badly()}"] if seen.served_badly() else []),
        *([f"{len(slow_clicks)} clicks waited up to {max(slow_clicks):.1f} s"] if slow_clicks else []),
        *([f"{len(slow_jobs)} people waited up to {max(slow_jobs):.1f} s for their song"] if slow_jobs else []),
    ]


def _note(seen: Seen, number: int, seconds: float, done: float) -> str:
    polls = len(seen.poll_seconds)
    unchanged = seen.codes.get("304", 0) / max(1, polls)
    p50, p95 = (seen.slowest(share) * 1000 for share in (0.5, 0.95))
    clicks, own = max(seen.click_seconds, default=0.0), max(seen.own_job_seconds, default=0.0)
    return (
        f"{number} browsers, {polls / seconds:.0f} polls/s ({unchanged:.0%} unchanged), p50 {p50:.0f} ms, "
        f"p95 {p95:.0f} ms; {len(seen.click_seconds)} clicks, answered within {clicks:.1f} s, their songs done within "
        f"{own:.1f} s; the playlist was {done:.0%} done at the end"
    )


@row("17", "consoles open beside a queue of 100,000")
def long_queue(kit: Kit) -> Outcome:
    """Every page, with 1,000 jobs and with 100,000: Redis is only read, 12 times at most, SQL as often as with few."""
    with kit.redis(append_only=False) as few_redis, kit.redis(append_only=False) as many_redis:
        few = Site(FEW_JOBS, kit.fresh("few"), few_redis.url, None)
        many = Site(MANY_JOBS, kit.fresh("many"), many_redis.url, None)
        before = few.commands_that_write() + many.commands_that_write()
        measured = _measure(few, many)
        written = few.commands_that_write() + many.commands_that_write() - before
    breaches = [_told(address, *costs) for address, costs in measured.items() if not _is_kept(*costs)]
    breaches += [f"{written} commands that write were sent to Redis"] if written else []
    slowest = max(_fastest(many) for _, many in measured.values())
    trips = max(many.most("round_trips") for _, many in measured.values())
    note = f"{len(measured)} pages, at most {trips} round trips, the slowest {slowest:.0f} ms with {MANY_JOBS:,} jobs"
    return Outcome(len(measured), breaches=tuple(breaches), note=note)


def _measure(few: Site, many: Site) -> dict[str, tuple[Measured, Measured]]:
    """The costs of each page at both sizes. No visit profits from what the one before has left in memory."""
    measured = {page.address: (Measured(), Measured()) for page in pages()}
    visits = itertools.count(1)
    for turn in range(ROUNDS + 1):
        for page in pages():
            for site, result in zip((few, many), measured[page.address], strict=True):
                with aged(next(visits)):
                    cost = site.visit(page)
                if turn:  # the first warms up
                    result.costs.append(cost)
    return measured


def _is_kept(few: Measured, many: Measured) -> bool:
    """Of the times the best of the rounds counts: the others tell of what else the machine does."""
    return (
        _fastest(many) <= max(QUICK_MILLISECONDS, MOST_RATIO * _fastest(few))
        and many.most("statements") <= few.most("statements") + MOST_MORE_STATEMENTS
        and many.most("round_trips") <= MOST_ROUND_TRIPS
        and not many.most("writes")
    )


def _fastest(measured: Measured) -> float:
    return min(cost.seconds for cost in measured.costs) * 1000


def _told(address: str, few: Measured, many: Measured) -> str:
    return (
        f"{address}: SQL {few.most('statements')} → {many.most('statements')}, Redis {many.most('round_trips')}, "
        f"{many.most('writes')} writes, {_fastest(few):.0f} → {_fastest(many):.0f} ms"
    )
