"""A named place kills once in the whole fleet, at the arrival that was asked for, and never unless it is armed."""

import ast
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import crashpoints
from config import read_settings
from errors import SettingsError
from tests.ops.launching import PROJECT

LAYERS = ("blueprints", "services", "workers", "scripts", "store")


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The signals that would have killed this process."""
    sent: list[int] = []
    monkeypatch.setattr(os, "kill", lambda _pid, signum: sent.append(signum))
    yield sent
    crashpoints.arm("", Path())


def test_it_does_nothing_unless_it_is_armed(deaths: list[int], tmp_path: Path) -> None:
    crashpoints.arm("", tmp_path)
    for name in crashpoints.POINTS:
        crashpoints.reached(name)
    assert (deaths, list(tmp_path.iterdir())) == ([], [])


def test_it_dies_once_and_goes_on_when_it_was_started_again(deaths: list[int], tmp_path: Path) -> None:
    for _ in range(3):
        crashpoints.arm("C4", tmp_path)
        crashpoints.reached("C3")
        crashpoints.reached("C4")
    assert deaths == [signal.SIGKILL]


def test_it_counts_arrivals_of_the_whole_fleet(deaths: list[int], tmp_path: Path) -> None:
    came: list[int] = []
    for _ in range(5):
        crashpoints.arm("C1,C4:3", tmp_path)  # as another process would
        crashpoints.reached("C4")
        came.append(len(deaths))
    assert came == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("spec", ["C99", "C4:0", "C4:x", "C4:-1", "C1,nowhere"])
def test_it_refuses_a_place_that_there_is_not(spec: str) -> None:
    with pytest.raises(SettingsError, match=r"CRASH_AT=.*C4 or C4:3, with one of C0a"):
        read_settings({"CRASH_AT": spec})


def test_every_place_is_in_the_code_once() -> None:
    found = [
        node.args[0].value
        for layer in LAYERS
        for path in (PROJECT / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "crashpoints.reached"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(map(str, found)) == sorted(crashpoints.POINTS)
