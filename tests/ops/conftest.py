from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from tests.ops.launching import Launcher, OwnRedis


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder whose name has all that a shell, an ini file or a format string could trip over."""
    return tmp_path / "it's #1; 100% (x)s"


@pytest.fixture
def launch(data_dir: Path) -> Iterator[Callable[..., Launcher]]:
    """Starts launchers, and sees to it that none outlives the test."""
    with ExitStack() as stack:

        def start(*arguments: str, **settings: str) -> Launcher:
            return stack.enter_context(closing(Launcher(data_dir, *arguments, **settings)))

        yield start


@pytest.fixture
def running(launch: Callable[..., Launcher]) -> Launcher:
    """A Backbeat of stand-ins that is ready."""
    launcher = launch()
    launcher.wait_for("is ready")
    return launcher


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Starts a server with options of redis-server, and answers its address."""
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(closing(OwnRedis(tmp_path, options))).url
