from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.ops.launching import Launcher


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A folder whose name has all that a shell, an ini file or a format string could trip over."""
    return tmp_path / "it's #1; 100% (x)s"


@pytest.fixture
def launch(data_dir: Path) -> Iterator[Callable[..., Launcher]]:
    with ExitStack() as stack:

        def start(*arguments: str, **settings: str) -> Launcher:
            launcher = Launcher(data_dir, *arguments, **settings)
            stack.callback(launcher.close)
            return launcher

        yield start


@pytest.fixture
def running(launch: Callable[..., Launcher]) -> Launcher:
    """A Backbeat of stand-ins that is ready."""
    launcher = launch()
    launcher.wait_for("is ready")
    return launcher
