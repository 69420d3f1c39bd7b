"""What a soak does and when, made from a seed alone. Pure: the same seed plans the same soak."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

PLAYLIST_SONGS = 25
# Of all jobs, so many are a playlist's songs; of those asked for, so many are canceled, started over, asked for twice.
SHARE_IN_PLAYLISTS, SHARE_CANCELED, SHARE_RETRIED, SHARE_ASKED_AGAIN = 0.5, 0.12, 0.5, 0.05
SHARE_LOOKED_UP = 0.4  # songs without lyrics, whose jobs last long enough to be hit
ASKS_END = 0.9  # of the time

PROCESS_STRIKES = (
    *("kill_worker", "kill_horse", "kill_machine", "kill_janitor", "kill_web", "kill_web_process"),
    *("stop_worker", "stop_horse", "stop_janitor", "stop_web_process"),
)
STORE_STRIKES = (
    *("restart_redis", "empty_redis", "refuse_redis", "black_hole_redis", "slow_redis", "lose_replies"),
    *("lock_database", "lookups_fail"),
)
LONGEST_STRIKE_SECONDS, LONGEST_PAUSE_SECONDS = 4.5, 2.5


@dataclass(frozen=True, slots=True)
class Ask:
    """A click on Analyze: a playlist, or a song of no playlist."""

    at_seconds: float
    target: int  # number of the song, or of the playlist
    is_playlist: bool = False
    cancel_after_seconds: float | None = None
    retries: bool = False  # start it over once it was canceled


@dataclass(frozen=True, slots=True)
class Strike:
    """A fault, by its name in `strikes`; it lasts so long if it is one that lasts."""

    at_seconds: float
    name: str
    for_seconds: float


@dataclass(frozen=True, slots=True)
class Plan:
    seed: int
    seconds: float
    has_lyrics: tuple[bool, ...]  # of each song
    playlists: tuple[range, ...]  # the songs of each; those of none come last
    asks: tuple[Ask, ...]
    process_strikes: tuple[Strike, ...]  # those of each kind come one after another
    store_strikes: tuple[Strike, ...]


def make_plan(seed: int, jobs: int, seconds: float) -> Plan:
    """So many jobs, the playlists' own and those of their songs included."""
    dice = random.Random(seed)
    number = max(1, round(jobs * SHARE_IN_PLAYLISTS / (PLAYLIST_SONGS + 1)))
    playlists = tuple(range(n * PLAYLIST_SONGS, (n + 1) * PLAYLIST_SONGS) for n in range(number))
    alone = range(number * PLAYLIST_SONGS, jobs - number)
    asks = [*(_ask(dice, seconds, n, is_playlist=True) for n in range(number)), *_asks_alone(dice, seconds, alone)]
    return Plan(
        seed=seed,
        seconds=seconds,
        has_lyrics=tuple(dice.random() >= SHARE_LOOKED_UP for _ in range(alone.stop)),
        playlists=playlists,
        asks=tuple(sorted(asks, key=lambda ask: ask.at_seconds)),
        process_strikes=tuple(_strikes(dice, seconds, PROCESS_STRIKES)),
        store_strikes=tuple(_strikes(dice, seconds, STORE_STRIKES)),
    )


def _asks_alone(dice: random.Random, seconds: float, songs: range) -> Iterator[Ask]:
    again = round(len(songs) * SHARE_ASKED_AGAIN)
    for song in songs[again:]:
        yield _ask(dice, seconds, song)
    for song in dice.sample(songs[again:], again):
        yield Ask(dice.uniform(0, ASKS_END * seconds), song)


def _ask(dice: random.Random, seconds: float, target: int, *, is_playlist: bool = False) -> Ask:
    at = dice.uniform(0, ASKS_END * seconds)
    is_canceled = dice.random() < SHARE_CANCELED
    cancel_after = dice.expovariate(1.0) if is_canceled else None
    return Ask(at, target, is_playlist, cancel_after, is_canceled and dice.random() < SHARE_RETRIED)


def _strikes(dice: random.Random, seconds: float, names: tuple[str, ...]) -> Iterator[Strike]:
    """Each kind in turn, in an order of the dice, so that a short soak meets as many kinds as it can."""
    at = dice.uniform(0.5, 2.0)
    waiting: list[str] = []
    while at < seconds - 1:
        waiting = waiting or dice.sample(names, len(names))
        lasts = min(dice.uniform(0.3, LONGEST_STRIKE_SECONDS), seconds - at)
        yield Strike(at, waiting.pop(), lasts)
        at += lasts + dice.uniform(0.2, LONGEST_PAUSE_SECONDS)
