"""The stories: each breaks something off in the middle of the main job, and tells what became of it."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.machines.findings import Findings
from tests.machines.fleet import LEASE_SECONDS, Fleet
from tests.machines.members import Member
from tests.machines.servers import RedisServer
from tests.machines.stage import Round, Stage
from tests.machines.uploads import Sending, film
from tests.waiting import wait_until

DATABASE_AWAY_SECONDS = 10.0
KEPT_OR_REFUSED = (202, 503)

Story = Callable[[Stage], Findings]
STORIES: dict[str, tuple[str, float | None, Story]] = {}


def story(number: str, title: str, *, bound_seconds: float | None = None) -> Callable[[Story], Story]:
    def register(function: Story) -> Story:
        STORIES[number] = (title, bound_seconds, function)
        return function

    return register


def seconds_until(happens: Callable[[], object], what: str, *, within_seconds: float = 180) -> float:
    begun = time.monotonic()
    wait_until(happens, what, within_seconds=within_seconds)
    return time.monotonic() - begun


@story("1", "the main job, watched through both web hosts")
def main_job(stage: Stage) -> Findings:
    with stage.round() as played:
        pass
    hosts = {member.host.address for member in stage.fleet.web}
    missing = hosts - played.watch.served_by.keys()
    wrong = [f"no poll was answered by {address}" for address in missing]
    done = {member.name: stage.done_by(member.name, played.watch.job_id) for member in stage.fleet.workers}
    wrong += [f"{name} has done nothing" for name, number in done.items() if not number]
    polls = " and ".join(str(number) for number in played.watch.served_by.values())
    shares = ", ".join(f"{name} {number}" for name, number in done.items())
    return stage.findings(breaches=wrong, note=f"{played.seconds:.1f} s; polls answered: {polls}; songs: {shares}")


@story("2", "a worker host unplugged in mid-job, and plugged in again", bound_seconds=3 * LEASE_SECONDS)
def worker_host_unplugged(stage: Stage) -> Findings:
    away, _ = stage.fleet.workers
    with stage.round() as played:
        played.watch.await_progress(0.2)
        held = _unplugged_at_work(stage, away)
        recovered = seconds_until(lambda: stage.are_over(held), "what it was at is done elsewhere")
        played.watch.await_end()
    away.host.plug()
    back = seconds_until(lambda: stage.fleet.has_workers(away), "its workers are back")
    with stage.round() as again:
        pass
    own = stage.done_by(away.name, again.watch.job_id)
    wrong = [] if own else [f"{away.name} does nothing since it is plugged in again"]
    note = f"{len(held)} jobs were under way there; back {back:.1f} s after the cable, then did {own} songs"
    return stage.findings(recovery_seconds=recovered, breaches=wrong, note=note)


def _unplugged_at_work(stage: Stage, member: Member) -> list[str]:
    """Pull its cable; the jobs that it was at. Where it was between two songs it is plugged in again and watched on."""
    while True:
        wait_until(lambda: stage.running_on(member.name), f"{member.name} is at something")
        member.host.unplug()
        if held := stage.running_on(member.name):
            return held
        member.host.plug()


def _redis_lost(stage: Stage, lose: Callable[[RedisServer], None], mend: Callable[[RedisServer], None]) -> Findings:
    """The master goes in mid-job, and comes back in the middle of another.

    Recovery is for how long no song of the first was done.
    """
    fleet = stage.fleet
    with stage.round() as played:
        played.watch.await_progress(0.2)
        lost = fleet.master()
        lose(lost)
        named = seconds_until(lambda: fleet.master() is not lost, "another master is named")
        for member in fleet.workers:
            fleet.await_workers(member)
        wait_until(lambda: not played.watch.last.get("degraded"), "the bar is live again")
    stood_still = stage.longest_standstill_seconds(played.watch.job_id)
    degraded = played.watch.degraded
    with stage.round() as back:
        back.watch.await_progress(0.1)
        mend(lost)
        paired = seconds_until(lambda: _are_paired(fleet), "one server follows the other again", within_seconds=120)
        for member in fleet.workers:
            fleet.await_workers(member)
    role = "master" if fleet.master() is lost else "replica"
    note = f"another master after {named:.1f} s; {degraded} polls told from the rows; job {played.seconds:.1f} s; "
    note += f"back, it was {role} after {paired:.1f} s; job meanwhile {back.seconds:.1f} s"
    return stage.findings(recovery_seconds=stood_still, note=note)


def _are_paired(fleet: Fleet) -> bool:
    """Whether the one that the sentinels name is master, and the other follows it. Which is which is not ours to say: a
    sentinel that was cut off with the old master may turn its back into one before it hears of the other.
    """
    master = fleet.master()
    return master.is_master() and all(server.is_replica() for server in fleet.redis if server is not master)


@story("3", "the master of Redis killed in mid-job", bound_seconds=90)
def redis_killed(stage: Stage) -> Findings:
    return _redis_lost(stage, lose=RedisServer.kill, mend=RedisServer.start)


@story("3b", "the host of the master of Redis unplugged in mid-job", bound_seconds=90)
def redis_unplugged(stage: Stage) -> Findings:
    return _redis_lost(stage, lose=lambda server: server.host.unplug(), mend=lambda server: server.host.plug())


@story("3c", "master and replica change places behind the sentinels' backs", bound_seconds=90)
def redis_swapped(stage: Stage) -> Findings:
    """As a sentinel may do that comes back from being cut off with the old master: for half a minute all name a master
    that takes no writes.
    """
    fleet = stage.fleet
    with stage.round() as played:
        played.watch.await_progress(0.2)
        named = fleet.master()
        (other,) = (server for server in fleet.redis if server is not named)
        other.follow(None)
        named.follow(other)
        paired = seconds_until(lambda: _are_paired(fleet), "the sentinels name the one that is master")
    for member in fleet.workers:
        fleet.await_workers(member)
    stood_still = stage.longest_standstill_seconds(played.watch.job_id)
    note = f"named rightly after {paired:.1f} s; {played.watch.degraded} polls told from the rows; "
    return stage.findings(recovery_seconds=stood_still, note=f"{note}job {played.seconds:.1f} s")


@story("4", "a web host drained, restarted, and used again")
def web_host_drained(stage: Stage) -> Findings:
    drained, _ = stage.fleet.web
    with stage.round() as played:
        played.watch.await_progress(0.1)
        _restart_drained(stage, drained)
    return stage.findings(note=f"job {played.seconds:.1f} s, slowest poll {played.watch.slowest_seconds:.1f} s")


def _restart_drained(stage: Stage, member: Member) -> None:
    stage.fleet.balancer.drain(member.host)
    member.stop()
    member.start()
    member.await_web()
    stage.fleet.balancer.use_all()


@story("4b", "a web host unplugged while polls go to it", bound_seconds=10)
def web_host_unplugged(stage: Stage) -> Findings:
    away, _ = stage.fleet.web
    with stage.round() as played:
        played.watch.await_progress(0.1)
        away.host.unplug()
        played.watch.await_end()
        away.host.plug()
    note = f"job {played.seconds:.1f} s, slowest poll {played.watch.slowest_seconds:.1f} s"
    return stage.findings(recovery_seconds=played.watch.longest_gap_seconds, note=note)


@story("4c", "a web host killed in the middle of an upload that can be resumed")
def web_host_killed(stage: Stage) -> Findings:
    sending = Sending(stage.person, film(stage.fleet.data.folder))
    killed: list[Member] = []

    def kill() -> None:
        killed.append(sending.taken_by(stage.fleet.web))
        killed[0].kill()

    with stage.round() as played:
        sending.send(halfway=kill)
    killed[0].start()
    killed[0].await_web()
    wrong = sending.wrong()
    note = f"resumed at {sending.resumed_at:,} of {sending.size:,} bytes on the other host; then both handed it out"
    return stage.findings(breaches=wrong, note=f"{note}; slowest poll {played.watch.slowest_seconds:.1f} s")


@story("5", "the host of PostgreSQL and of the storage unplugged for 10 s", bound_seconds=60)
def database_unplugged(stage: Stage) -> Findings:
    return _database_lost(stage, stage.fleet.data.unplug, stage.fleet.data.plug)


@story("5b", "PostgreSQL crashed, and started again after 10 s", bound_seconds=60)
def database_crashed(stage: Stage) -> Findings:
    return _database_lost(stage, stage.fleet.postgres.crash, stage.fleet.postgres.start)


def _database_lost(stage: Stage, lose: Callable[[], None], mend: Callable[[], None]) -> Findings:
    """Recovery is from the mending until another song is done."""
    with stage.round() as played:
        played.watch.await_progress(0.2)
        lose()
        clicked = stage.person.click(stage.playlist_id)
        time.sleep(max(0.0, DATABASE_AWAY_SECONDS - clicked.seconds))
        mend()
        done = stage.done(played.watch.job_id)
        recovered = seconds_until(lambda: stage.done(played.watch.job_id) > done or _is_over(played), "songs are done")
    refused = sum(played.watch.errors.values())
    wrong = [] if clicked.status in KEPT_OR_REFUSED else [f"a click while it was away was answered {clicked.status}"]
    note = f"a click meanwhile: {clicked.status} after {clicked.seconds:.1f} s; {refused} polls refused with 503"
    return stage.findings(recovery_seconds=recovered, breaches=wrong, allowed=frozenset({"503"}), note=note)


def _is_over(played: Round) -> bool:
    return played.watch.status == "finished"


@story("6", "every host restarted, one after the other, under load")
def rolling_restart(stage: Stage) -> Findings:
    over = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        load = pool.submit(_rounds_until, over, stage)
        try:
            begun = time.monotonic()
            for member in stage.fleet.web:
                _restart_drained(stage, member)
            for member in stage.fleet.workers:
                member.stop()
                member.start()
                stage.fleet.await_workers(member)
            seconds = time.monotonic() - begun
        finally:
            over.set()
        load.result()
    slowest = max(played.watch.slowest_seconds for played in stage.rounds)
    note = f"{seconds:.0f} s for four hosts, {len(stage.rounds)} playlists meanwhile, slowest poll {slowest:.1f} s"
    return stage.findings(note=note)


def _rounds_until(over: threading.Event, stage: Stage) -> None:
    while not over.is_set():
        with stage.round():
            pass
