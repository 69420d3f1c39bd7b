"""What else the machine did meanwhile: time that the hypervisor or other programs took, and the speed of the CPU."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

# Beyond these, in cores, a trial is not clean: it counts only where no round of its row is.
MOST_STEAL, MOST_FOREIGN = 0.15, 0.2
PROBE_TURNS = 100_000
IDLE = ("idle", "iowait", "steal", "guest", "guest_nice")


@dataclass(slots=True)
class Noise:
    """Cores taken by the hypervisor and by programs that are not of the benchmark; speed in turns a microsecond."""

    steal_cores: float = 0.0
    foreign_cores: float = 0.0
    speed: float = 0.0

    @property
    def is_clean(self) -> bool:
        return self.steal_cores <= MOST_STEAL and self.foreign_cores <= MOST_FOREIGN


@dataclass(frozen=True, slots=True)
class _Look:
    """Seconds of CPU since the machine started: all that was busy, what was stolen, and what was ours."""

    busy: float
    stolen: float
    ours: float
    at: float = field(default_factory=time.monotonic)


def cpu_seconds(pid: int | None = None) -> float:
    """User and system time of a process and all below it, those that have ended included."""
    root = psutil.Process(pid)
    total = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:  # it ended just now; its time is its parent's by then
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def memory_megabytes(pid: int) -> float:
    """What a process and all below it hold, what they share counted once: proportional set sizes, where the system
    tells them, else what is theirs alone."""
    root = psutil.Process(pid)
    total = 0
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # a horse that ended just now
            held = process.memory_full_info()
            total += getattr(held, "pss", held.uss)
    return total / 1024**2


def speed() -> float:
    """Turns of an empty loop for each microsecond of CPU: the best of three, which is what the CPU can do now."""

    def probe() -> float:
        began = time.thread_time()
        for _ in range(PROBE_TURNS):
            pass
        return PROBE_TURNS / (time.thread_time() - began) / 1e6

    return max(probe() for _ in range(3))


def _look() -> _Look:
    times = psutil.cpu_times()._asdict()
    return _Look(sum(v for name, v in times.items() if name not in IDLE), times.get("steal", 0.0), cpu_seconds())


@contextmanager
def noticed() -> Iterator[Noise]:
    """The noise of what is done inside, told once it is over. The processes measured are children of this one."""
    noise = Noise(speed=speed())
    before = _look()
    yield noise
    after = _look()
    seconds = after.at - before.at
    noise.steal_cores = round((after.stolen - before.stolen) / seconds, 3)
    noise.foreign_cores = round(max(0.0, after.busy - before.busy - (after.ours - before.ours)) / seconds, 3)
