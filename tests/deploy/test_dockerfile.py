"""The image: hadolint has nothing to say, and what goes into it is enough to run."""

import re
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from shutil import copyfile

import pytest

from tests.deploy.examples import DEPLOY, procfile
from tests.ops.launching import PROJECT, environment

DOCKERFILE = DEPLOY / "Dockerfile"
STEPS = re.sub(r"\\\n", "", DOCKERFILE.read_text())
PARTS = (
    "app",
    "serving.__main__",
    "serving.gunicorn_worker",
    "workers.worker",
    "workers.janitor",
    "scripts.prepare",
    "scripts.backup",
    "scripts.restore",
)


def ignored() -> list[str]:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    return [line.removeprefix("**/") for line in lines if line and not line.startswith("#")]


def is_ignored(path: str) -> bool:
    parts = Path(path).parts
    tops = ["/".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return any(fnmatchcase(name, pattern) for pattern in ignored() for name in (*tops, *parts[1:]))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that `COPY . .` puts into the image."""
    folder = tmp_path_factory.mktemp("image")
    command = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.splitlines()
    for path in listed:
        if not is_ignored(path) and (PROJECT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            copyfile(PROJECT / path, folder / path)
    return folder


def test_hadolint_has_nothing_to_say() -> None:
    hadolint = Path(sys.executable).parent / "hadolint"
    checked = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_its_base_is_pinned() -> None:
    assert re.search(r"^ARG PYTHON=\d+\.\d+\.\d+-slim-\w+$", STEPS, re.MULTILINE)
    assert set(re.findall(r"^FROM (\S+)", STEPS, re.MULTILINE)) == {"python:${PYTHON}"}


def test_its_program_hears_sigterm_itself() -> None:
    command = re.findall(r"^CMD \[(.+)\]$", STEPS, re.MULTILINE)[-1]
    assert re.findall(r'"([^"]+)"', command) == procfile()["web"].replace('"', "").split()


def test_it_runs_as_nobody_special() -> None:
    last = STEPS.rsplit("FROM ", 1)[1]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["10001:10001"]


def test_no_compiler_is_in_it() -> None:
    assert not re.search(r"build-essential|\bgcc\b|python3-dev", STEPS)
    assert "--only-binary :all:" in STEPS


@pytest.mark.parametrize("path", [".env", "deploy/compose/.env", "var/secret_key", ".git/config", "tests/stack.py"])
def test_what_is_secret_or_not_needed_stays_out(path: str) -> None:
    assert is_ignored(path)


def test_its_files_are_enough_for_every_part(image: Path, tmp_path: Path) -> None:
    imports = "; ".join(f"import {part}" for part in PARTS)
    done = subprocess.run(
        [sys.executable, "-c", imports], cwd=image, env=environment(tmp_path / "data"), capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert (image / "gunicorn.conf.py").is_file()
    assert (image / "sample_library").is_dir()
