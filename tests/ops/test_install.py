"""What scripts/install.sh does, and how it says that it cannot."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.ops.launching import PROJECT

TOOLS = ("sh", "dirname", "mkdir", "cmp", "rm", "cp", "grep", "tail", "cat")
# A Python that notes what it is asked for: `-m venv` makes the folder with a copy of itself in it.
PYTHON = """#!/bin/sh
echo "$*" >>"{calls}"
case "$*" in
    --version) echo "Python 3.12.1" ;;
    *ensurepip*) {ensurepip} ;;
    *"venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip install"*) {pip} ;;
    *scripts.assets*) {assets} ;;
esac
"""


class Checkout:
    """A folder with nothing but the script and requirements, and a PATH with nothing but a few tools."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.programs = folder / "bin"
        self.programs.mkdir()
        (folder / "scripts").mkdir()
        shutil.copy(PROJECT / "scripts" / "install.sh", folder / "scripts")
        (folder / "requirements.txt").write_text("one==1\n")
        (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
        for tool in TOOLS:
            (self.programs / tool).symlink_to(shutil.which(tool) or "missing")

    def program(self, name: str, text: str) -> None:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)

    def python(self, *, pip: str = "true", ensurepip: str = "true", assets: str = "true") -> None:
        self.program("python3", PYTHON.format(calls=self.calls, pip=pip, ensurepip=ensurepip, assets=assets))

    def install(self, what: str = "run", **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["/bin/sh", "scripts/install.sh", what],
            cwd=self.folder,
            env={"PATH": str(self.programs)} | environ,
            capture_output=True,
            text=True,
        )

    def refusal(self, what: str = "run", **environ: str) -> str:
        ended = self.install(what, **environ)
        assert ended.returncode == 1
        (line,) = ended.stderr.splitlines()
        return line

    def pip_calls(self) -> int:
        return self.calls.read_text().count("pip install")


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_it_installs_once(checkout: Checkout) -> None:
    checkout.python()
    assert checkout.install().returncode == 0
    assert checkout.install().stdout == ""
    assert checkout.pip_calls() == 1


def test_it_installs_again_when_the_requirements_changed(checkout: Checkout) -> None:
    checkout.python()
    checkout.install()
    (checkout.folder / "requirements.txt").write_text("one==2\n")
    checkout.install()
    assert checkout.pip_calls() == 2


def test_it_installs_again_after_an_installation_that_failed(checkout: Checkout) -> None:
    checkout.python(pip="exit 1")
    checkout.refusal()
    shutil.rmtree(checkout.folder / ".venv")
    checkout.python()
    assert checkout.install().returncode == 0
    assert checkout.pip_calls() == 2


def test_it_makes_a_broken_venv_anew(checkout: Checkout) -> None:
    checkout.python()
    checkout.install()
    (checkout.folder / ".venv" / "bin" / "python").unlink()
    (checkout.folder / ".venv" / "installed-run.txt").unlink()
    assert checkout.install().returncode == 0
    assert checkout.pip_calls() == 2


def test_it_refuses_a_python_that_is_too_old(checkout: Checkout) -> None:
    checkout.program("python3", '#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\n')
    assert checkout.refusal().startswith("Backbeat needs Python 3.11 or newer and found Python 3.9.2; install one")


def test_it_names_the_python_that_it_was_told_to_use(checkout: Checkout) -> None:
    checkout.python()
    assert "found no /not/here" in checkout.refusal(PYTHON="/not/here")


def test_it_says_how_to_get_the_venv_module(checkout: Checkout) -> None:
    checkout.python(ensurepip="exit 1")
    assert checkout.refusal() == "Python 3.12.1 has no venv module; install it (Debian: apt-get install python3-venv)."


def test_it_says_how_to_get_a_compiler(checkout: Checkout) -> None:
    checkout.python(pip="echo \"error: command 'gcc' failed: No such file or directory\"; exit 1")
    assert checkout.refusal().startswith("A library must be built on this machine and there is no C compiler; install")


def test_it_shows_why_pip_failed(checkout: Checkout) -> None:
    checkout.python(pip="echo 'ERROR: No matching distribution found for one==1'; exit 1")
    assert checkout.refusal() == (
        "The libraries could not be installed: ERROR: No matching distribution found for one==1; "
        ".venv/pip.log says more."
    )


def test_it_says_how_to_get_node(checkout: Checkout) -> None:
    (checkout.folder / "package-lock.json").write_text("{}")
    assert checkout.refusal("node").startswith("The checks of the browser client need Node 20 or newer with npm")


def test_it_brings_the_pages_libraries_from_the_registry_that_npm_is_told(checkout: Checkout) -> None:
    checkout.python()
    checkout.install(NPM_CONFIG_REGISTRY="https://other.example/", npm_config_registry="https://npm.example/")
    assert "-m scripts.assets https://npm.example/" in checkout.calls.read_text().splitlines()


def test_it_goes_on_without_the_pages_libraries_to_run_but_not_to_test(checkout: Checkout) -> None:
    checkout.python(assets="echo 'The pages do without charts' >&2; exit 1")
    assert checkout.install("run").returncode == 0
    assert checkout.refusal("dev") == "The pages do without charts"
