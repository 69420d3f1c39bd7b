"""The faults of a soak, each a method of `Striker` by its name in the plan."""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import closing

import psutil

from tests.faults.chaos import BLACK_HOLE, DROP_AFTER_EXEC, PASS, REFUSE, ChaosProxy, Mood, once, slow
from tests.faults.kit import RedisProcess
from tests.faults.soak.plan import Strike
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer
from tests.stack import Stack

LOST_REPLIES = 5
NOBODY = "nobody was there"


class Striker:
    """Strikes one stack. Processes younger than `rest_seconds` are left alone, or on a slow machine none came up."""

    def __init__(
        self,
        stack: Stack,
        redis: RedisProcess,
        proxy: ChaosProxy,
        lrclib: LrclibServer,
        seed: int,
        rest_seconds: float,
        say: Callable[[str], None],
    ) -> None:
        self._stack, self._redis, self._proxy, self._lrclib = stack, redis, proxy, lrclib
        self._dice = random.Random(seed)
        self._rest_seconds = rest_seconds
        self._say = say
        self.made = 0
        self.errors: list[BaseException] = []

    def start(self, began: float, *lanes: Iterable[Strike]) -> list[threading.Thread]:
        """A thread for each lane: its strikes come one after another, those of different lanes as they fall."""
        threads = [threading.Thread(target=self._go_through, args=(began, lane)) for lane in lanes]
        for thread in threads:
            thread.start()
        return threads

    def _go_through(self, began: float, strikes: Iterable[Strike]) -> None:
        for strike in strikes:
            time.sleep(max(0.0, began + strike.at_seconds - time.monotonic()))
            try:
                done = getattr(self, strike.name)(strike.for_seconds)
            except (psutil.NoSuchProcess, IndexError):
                done = NOBODY
            except BaseException as e:
                self.errors.append(e)
                raise
            self.made += done != NOBODY
            self._say(f"{time.monotonic() - began:6.1f} s  {strike.name}: {done}")

    # Processes

    def kill_worker(self, _seconds: float) -> str:
        return self._kill(self._one("worker"))

    def kill_horse(self, _seconds: float) -> str:
        return self._kill(self._dice.choice(self._stack.processes("horse")))

    def kill_machine(self, _seconds: float) -> str:
        """A worker and its horse at once."""
        worker = self._one("worker")
        family = [worker, *worker.children()]
        return ", ".join(self._kill(process) for process in family)

    def kill_janitor(self, _seconds: float) -> str:
        return self._kill(self._one("janitor"))

    def kill_web(self, _seconds: float) -> str:
        """The web server's first process; the others go with it."""
        return self._kill(self._one("web"))

    def kill_web_process(self, _seconds: float) -> str:
        return self._kill(self._one_of_web())

    def stop_worker(self, seconds: float) -> str:
        return self._pause(self._one("worker"), seconds)

    def stop_horse(self, seconds: float) -> str:
        return self._pause(self._dice.choice(self._stack.processes("horse")), seconds)

    def stop_janitor(self, seconds: float) -> str:
        return self._pause(self._one("janitor"), seconds)

    def stop_web_process(self, seconds: float) -> str:
        return self._pause(self._one_of_web(), seconds)

    def _one(self, role: str) -> psutil.Process:
        """:raise IndexError: if none is there, or none for long enough."""
        return self._rested(self._stack.processes(role))

    def _one_of_web(self) -> psutil.Process:
        return self._rested(self._one("web").children())

    def _rested(self, processes: list[psutil.Process]) -> psutil.Process:
        limit = time.time() - self._rest_seconds
        return self._dice.choice([process for process in processes if process.create_time() <= limit])

    def _kill(self, process: psutil.Process) -> str:
        process.kill()
        return f"SIGKILL to {process.pid}"

    def _pause(self, process: psutil.Process, seconds: float) -> str:
        process.suspend()
        time.sleep(seconds)
        process.resume()
        return f"SIGSTOP to {process.pid} for {seconds:.1f} s"

    # Stores

    def restart_redis(self, seconds: float) -> str:
        self._redis.kill()
        time.sleep(seconds)
        self._redis.start()
        return f"gone for {seconds:.1f} s, back with its data"

    def empty_redis(self, seconds: float) -> str:
        self._redis.flush()
        self._redis.kill()
        time.sleep(seconds)
        self._redis.start()
        return f"gone for {seconds:.1f} s, back without its data"

    def refuse_redis(self, seconds: float) -> str:
        return self._turn(REFUSE, seconds)

    def black_hole_redis(self, seconds: float) -> str:
        return self._turn(BLACK_HOLE, seconds)

    def slow_redis(self, seconds: float) -> str:
        return self._turn(slow(delay_seconds=0.2), seconds)

    def lose_replies(self, seconds: float) -> str:
        before = self._proxy.harmed
        self._turn(once(DROP_AFTER_EXEC, LOST_REPLIES), seconds)
        return f"{self._proxy.harmed - before} replies lost in {seconds:.1f} s"

    def _turn(self, mood: Mood, seconds: float) -> str:
        self._proxy.mood = mood
        time.sleep(seconds)
        self._proxy.mood = PASS
        return f"for {seconds:.1f} s"

    def lock_database(self, seconds: float) -> str:
        """Another program holds the write lock."""
        with closing(sqlite3.connect(str(self._stack.engine.url.database), timeout=20, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            time.sleep(seconds)
            other.execute("ROLLBACK")
        return f"for {seconds:.1f} s"

    def lookups_fail(self, seconds: float) -> str:
        self._lrclib.lasting_fault = Fault(status=503)
        time.sleep(seconds)
        self._lrclib.lasting_fault = None
        return f"503 from the lyrics service for {seconds:.1f} s"
