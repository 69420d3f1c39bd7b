"""A start says what it does, and when it is done where to go."""

from collections.abc import Callable

from tests.ops.launching import Launcher


def test_it_says_each_step_and_then_the_address(running: Launcher) -> None:
    own_words = [line for line in running.lines if line.startswith(("Starting", "Preparing", "Backbeat"))]
    assert [words.split()[0] for words in own_words] == ["Starting", "Preparing", "Starting", "Backbeat"]
    address = f"http://127.0.0.1:{running.settings.port}/"
    assert own_words[-1] == f"Backbeat is ready at {address}  (Ctrl-C stops it)"


def test_it_starts_the_parts_only_after_the_preparation(running: Launcher) -> None:
    prepared = running.lines.index("preparation ends with 0")
    first_part = min(i for i, line in enumerate(running.lines) if "runs as" in line)
    assert prepared < first_part


def test_it_starts_as_many_workers_as_it_is_told_to(launch: Callable[..., Launcher]) -> None:
    launcher = launch(WORKERS="3")
    launcher.wait_for("is ready")
    workers = [process for process in launcher.family() if process.cmdline()[-1] == "worker"]
    assert len(workers) == 3


def test_it_ends_when_the_preparation_fails(launch: Callable[..., Launcher]) -> None:
    launcher = launch("3")
    assert launcher.end() == 1
    assert launcher.lines[-1] == "preparation ends with 3"
    assert not any("runs as" in line for line in launcher.lines)


def test_it_starts_no_server_when_redis_url_names_one(
    launch: Callable[..., Launcher], own_redis: Callable[..., str]
) -> None:
    launcher = launch(REDIS_URL=own_redis(appendonly="yes"))
    launcher.wait_for("is ready")
    assert not any("redis-server" in " ".join(process.cmdline()) for process in launcher.family())
    assert not (launcher.settings.data_dir / "redis").exists()


def test_it_warns_once_of_a_server_that_forgets(launch: Callable[..., Launcher], own_redis: Callable[..., str]) -> None:
    launcher = launch(REDIS_URL=own_redis(appendonly="no"))
    launcher.wait_for("is ready")
    (warning,) = [line for line in launcher.lines if line.startswith("Warning")]
    assert "append-only file off" in warning
