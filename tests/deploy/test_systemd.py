"""The units: systemd has nothing to say, and what they start is what the Procfile starts."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.deploy.examples import AWS, DEPLOY, PREPARE, SETTINGS, assigned, procfile, program
from tests.ops.launching import PROJECT

FOLDER = DEPLOY / "systemd"
UNITS = sorted(file.name for file in FOLDER.iterdir() if file.suffix in {".service", ".target"})
SERVICES = [name for name in UNITS if name.endswith(".service")]
MOST_EXPOSED = 20  # tenths, of the ten points of `systemd-analyze security`; a unit without protection has 96


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as they would be installed for this checkout."""
    for name in UNITS:
        text = (FOLDER / name).read_text().replace("/opt/backbeat", str(PROJECT))
        (tmp_path / name).write_text(text)
    return tmp_path


def verify(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(program("systemd-analyze")), "verify", *(str(folder / name) for name in UNITS)]
    return subprocess.run(command, capture_output=True, text=True)


def test_systemd_has_nothing_to_say(installed: Path) -> None:
    checked = verify(installed)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_the_check_knows_a_wrong_one(installed: Path) -> None:
    unit = installed / "backbeat-web.service"
    unit.write_text(unit.read_text().replace("KillMode=mixed", "KillMode=mixt"))
    assert "Failed to parse kill mode" in verify(installed).stderr


@pytest.mark.parametrize("name", SERVICES)
def test_it_is_locked_in(installed: Path, name: str) -> None:
    options = ["--offline=true", f"--threshold={MOST_EXPOSED}", str(installed / name)]
    command = [str(program("systemd-analyze")), "security", *options]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def settings_of(name: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.+)$", (FOLDER / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", SERVICES)
def test_it_sees_to_the_database_first_at_each_try(name: str) -> None:
    assert settings_of(name, "ExecStartPre") == [f"/opt/backbeat/.venv/bin/{PREPARE}"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_database_that_comes_late_does_not_keep_it_down(name: str) -> None:
    """Neither by a unit that has failed once and for all, nor by the number of its own tries."""
    needed = settings_of(name, "Requires") + settings_of(name, "BindsTo")
    assert (needed, settings_of(name, "StartLimitIntervalSec")) == ([], ["0"])
    assert settings_of(name, "Restart")[0] in {"always", "on-failure"}


@pytest.mark.parametrize(("part", "command"), procfile().items())
def test_it_starts_what_the_procfile_starts(part: str, command: str) -> None:
    name = "backbeat-worker@.service" if part == "worker" else f"backbeat-{part}.service"
    assert settings_of(name, "ExecStart") == [f"/opt/backbeat/.venv/bin/{command}"]


def test_the_example_names_settings_and_no_secret() -> None:
    example = assigned(FOLDER / "backbeat.env.example")
    assert set(example) <= SETTINGS | AWS
    assert example["SECRET_KEY"] == ""
