"""Whatever dies is started again, with its data."""

from collections.abc import Callable

import psutil
import pytest

from tests.ops.launching import Launcher


@pytest.mark.parametrize("name", ["web", "worker", "janitor"])
def test_it_starts_a_killed_part_again(running: Launcher, name: str) -> None:
    first = next(line.split()[-1] for line in running.lines if line.startswith(f"{name} runs as"))
    psutil.Process(int(first)).kill()
    again = running.wait_for(rf"^{name} runs as (\d+)")
    assert again[1] != first


def test_it_starts_a_killed_redis_again_with_its_data(running: Launcher) -> None:
    with running.redis() as redis:
        redis.set("kept", "yes")
        victim = psutil.Process(redis.info("server")["process_id"])
        victim.kill()
        psutil.wait_procs([victim], timeout=5)
        assert redis.get("kept") == b"yes"
        assert redis.info("server")["process_id"] != victim.pid


def test_it_keeps_what_redis_holds_until_the_next_start(running: Launcher, launch: Callable[..., Launcher]) -> None:
    with running.redis() as redis:
        redis.set("kept", "yes")
    assert running.stop() == 0
    again = launch()
    again.wait_for("is ready")
    with again.redis() as redis:
        assert redis.get("kept") == b"yes"


def test_it_starts_with_an_append_only_file_that_was_cut_short(
    running: Launcher, launch: Callable[..., Launcher]
) -> None:
    with running.redis() as redis:
        redis.set("kept", "yes")
    assert running.stop() == 0
    (log,) = (running.settings.data_dir / "redis" / "appendonlydir").glob("*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nlo")
    again = launch()
    again.wait_for("is ready")
    with again.redis() as redis:
        assert redis.get("kept") == b"yes"
