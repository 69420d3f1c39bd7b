"""The system programs that tests need come by themselves where they may, and are named where not."""

import os
import shutil
from pathlib import Path

import pytest

from scripts import dependencies
from scripts.dependencies import Dependency

APT_GET = """#!/bin/sh
echo "$*" >>"{folder}/calls"
case "$*" in *install*) touch "{folder}/chromium"; chmod +x "{folder}/chromium" ;; esac
"""

NO_SHELL = """#!/bin/sh
case "$*" in *install*shell*) exit 100 ;; *install*) touch "{folder}/chromium"; chmod +x "{folder}/chromium" ;; esac
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with no program but those of this folder, and root as its user."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(dependencies, "SYSTEM", tmp_path)
    monkeypatch.setattr(
        dependencies,
        "DEPENDENCIES",
        (
            Dependency("chromium", ("chromium",), purposes=("test",)),
            Dependency("postgresql", ("postgres", "usr/lib/postgresql/*/bin/postgres")),
        ),
    )
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    put(tmp_path / "usr/lib/postgresql/15/bin/postgres")
    for tool in ("env", "touch", "chmod"):
        (tmp_path / tool).symlink_to(shutil.which(tool, path="/usr/bin:/bin") or "missing")
    return tmp_path


def put(program: Path, text: str = "#!/bin/sh\n") -> None:
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(text)
    program.chmod(0o755)


def test_it_says_nothing_when_all_is_there(machine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put(machine / "chromium")
    assert dependencies.main("test") == 0
    assert capsys.readouterr() == ("", "")


def test_it_wants_only_what_the_purpose_needs(machine: Path) -> None:
    assert [dependency.package for dependency in dependencies.missing("test")] == ["chromium"]
    assert dependencies.missing("bench") == []


def test_it_installs_what_is_missing(machine: Path) -> None:
    put(machine / "apt-get", APT_GET.format(folder=machine))
    assert dependencies.main("test") == 0
    update, install = (machine / "calls").read_text().splitlines()
    assert update.endswith("update")
    assert install.endswith("install -y --no-install-recommends chromium")


def test_it_only_unpacks_a_package_whose_service_nobody_asked_for(
    machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(machine)
    monkeypatch.setattr(
        dependencies, "DEPENDENCIES", (Dependency("prometheus", ("promtool",), ("test",), unpacked=True),)
    )
    put(machine / "apt-get", f'#!/bin/sh\necho "$*" >>"{machine}/calls"\ntouch prometheus_2.42.0_amd64.deb\n')
    unpacked = machine / ".make/unpacked/usr/bin"
    (machine / "mkdir").symlink_to(shutil.which("mkdir", path="/usr/bin:/bin") or "missing")
    put(machine / "dpkg-deb", f"#!/bin/sh\nmkdir -p {unpacked}\ntouch {unpacked}/promtool\n")
    assert dependencies.main("test") == 0
    assert "install" not in (machine / "calls").read_text()
    assert dependencies.DEPENDENCIES[0].find() == unpacked / "promtool"
    assert not list((machine / ".make/unpacked").glob("*.deb"))


def test_it_uses_a_sudo_that_asks_nothing(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    put(machine / "apt-get", APT_GET.format(folder=machine))
    put(machine / "true")
    put(machine / "sudo", '#!/bin/sh\nshift\nexec "$@"\n')
    assert dependencies.main("test") == 0


class TestSubstitutes:
    """A package that not every system has."""

    @pytest.fixture(autouse=True)
    def _shell(self, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        shell = Dependency("shell", ("shell",), ("test",), substitutes=("chromium",))
        monkeypatch.setattr(dependencies, "DEPENDENCIES", (shell,))

    def test_it_prefers_the_package(self, machine: Path) -> None:
        put(machine / "apt-get", APT_GET.replace("chromium", "shell").format(folder=machine))
        put(machine / "chromium")
        assert dependencies.main("test") == 0
        assert dependencies.DEPENDENCIES[0].find() == machine / "shell"

    def test_it_makes_do_with_what_is_there(self, machine: Path) -> None:
        put(machine / "chromium")
        assert dependencies.main("test") == 0
        assert dependencies.DEPENDENCIES[0].find() == machine / "chromium"

    def test_it_installs_a_substitute_where_there_is_no_such_package(self, machine: Path) -> None:
        put(machine / "apt-get", NO_SHELL.format(folder=machine))
        assert dependencies.main("test") == 0
        assert dependencies.DEPENDENCIES[0].find() == machine / "chromium"


@pytest.mark.parametrize("apt_get", [None, "#!/bin/sh\nexit 100\n"])
def test_it_names_what_it_could_not_get(machine: Path, capsys: pytest.CaptureFixture[str], apt_get: str | None) -> None:
    if apt_get:
        put(machine / "apt-get", apt_get)
    assert dependencies.main("test") == 1
    *_, line = capsys.readouterr().err.splitlines()
    assert line.startswith("make test needs programs that are not on this machine: run `sudo apt-get install chromium`")


def test_it_does_not_install_as_somebody_who_may_not(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    put(machine / "apt-get", APT_GET.format(folder=machine))
    assert dependencies.main("test") == 1
    assert not (machine / "calls").exists()
