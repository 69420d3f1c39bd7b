"""The system programs that tests and benchmarks drive: the one list of them, and how they get here.

    python -m scripts.dependencies test|bench|fleet

Installs what is missing where it may (apt-get, as root or with a sudo that asks nothing); else says what to install.
Nothing of this is needed to run Backbeat. Of a package whose service nobody asked for only the files are fetched, and
unpacked below `.make/`.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/")
UNPACKED = Path(".make/unpacked")
INSTALL = ("install", "-y", "--no-install-recommends")


@dataclass(frozen=True)
class Dependency:
    """A Debian package and what it is wanted for. Any one of `programs` will do: a name, or a pattern below `/`.

    One that is `unpacked` is not installed: it would start a service, or bring much that nobody needs. `substitutes` do
    where the package cannot be had.
    """

    package: str
    programs: tuple[str, ...]
    purposes: tuple[str, ...] = ("test", "bench")
    unpacked: bool = False
    substitutes: tuple[str, ...] = ()

    def find(self) -> Path | None:
        """The program, or a substitute, if it is there."""
        return self._first(self.programs) or self._first(self.substitutes)

    def is_itself_there(self) -> bool:
        return self._first(self.programs) is not None

    def _first(self, programs: Sequence[str]) -> Path | None:
        for program in programs:
            found = sorted(SYSTEM.glob(program)) if "/" in program else self._by_name(program)
            if found:
                return found[-1]
        return None

    def _by_name(self, program: str) -> list[Path]:
        places = [UNPACKED / folder / program for folder in ("usr/bin", "usr/sbin")] if self.unpacked else []
        on_the_path = [Path(p) for p in [shutil.which(program)] if p]
        return [place.absolute() for place in places if place.exists()] + on_the_path


DEPENDENCIES = (
    # Without a window's frame, which whole browsers draw for each page of a test, and which costs more than the page.
    Dependency(
        "chromium-headless-shell",
        ("chromium-headless-shell",),
        purposes=("test",),
        substitutes=("chromium", "chromium-browser", "google-chrome"),
    ),
    Dependency("postgresql", ("postgres", "usr/lib/postgresql/*/bin/postgres"), purposes=("test", "bench", "fleet")),
    Dependency("redis-server", ("redis-server",), purposes=("test", "bench", "fleet")),
    Dependency("iproute2", ("ip", "sbin/ip"), purposes=("fleet",)),
    Dependency("nginx", ("nginx",), purposes=("test", "fleet"), unpacked=True),
    Dependency("caddy", ("caddy",), purposes=("test",), unpacked=True),
    Dependency("systemd", ("systemd-analyze",), purposes=("test",)),
    Dependency("ffmpeg", ("ffmpeg",), purposes=("test",)),
    Dependency("espeak-ng", ("espeak-ng",), purposes=("test",)),
    Dependency("prometheus", ("promtool",), purposes=("test",), unpacked=True),
    Dependency("wrk", ("wrk",), purposes=("bench",)),
)


def missing(purpose: str) -> list[Dependency]:
    """What `purpose` needs and is not there."""
    return [d for d in DEPENDENCIES if purpose in d.purposes and d.find() is None]


def to_install(purpose: str) -> list[Dependency]:
    """What is missing, and what a substitute stands for."""
    return [d for d in DEPENDENCIES if purpose in d.purposes and not d.is_itself_there()]


def apt_get() -> list[str] | None:
    """How to call apt-get without being asked anything; None where that is not possible."""
    command = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300", "-qq"]
    if shutil.which("apt-get") is None:
        return None
    if os.geteuid() == 0:
        return command
    if shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:  # noqa: S607 - the system's own sudo
        return ["sudo", "-n", *command]
    return None


def install(wanted: Sequence[Dependency], apt: Sequence[str]) -> None:
    """Install or unpack them; apt-get's own words are shown only if it fails."""
    print(f"Installing {', '.join(d.package for d in wanted)} with apt-get …", flush=True)
    packages = [d.package for d in wanted if not d.unpacked and not d.substitutes]
    if not run([*apt, "update"]):
        return
    if packages and not run([*apt, *INSTALL, *packages]):
        return
    for dependency in wanted:
        if dependency.unpacked:
            unpack(dependency.package, apt)
        elif dependency.substitutes:
            install_or_substitute(dependency, apt)


def install_or_substitute(dependency: Dependency, apt: Sequence[str]) -> None:
    """The package where there is one of that name; else what stands for it, unless that is there already."""
    if not run([*apt, *INSTALL, dependency.package]) and dependency.find() is None:
        run([*apt, *INSTALL, dependency.substitutes[0]])


def unpack(package: str, apt: Sequence[str]) -> None:
    """Fetch a package and lay out its files, without installing it."""
    UNPACKED.mkdir(parents=True, exist_ok=True)
    sandbox = ("-o", "APT::Sandbox::User=root")  # apt's own user may not write here, and would warn of it
    if run([*apt, *sandbox, "download", package], cwd=UNPACKED):
        for file in UNPACKED.glob(f"{package}_*.deb"):
            run(["dpkg-deb", "--extract", str(file), str(UNPACKED)])
            file.unlink()


def run(command: Sequence[str], cwd: Path | None = None) -> bool:
    """Whether it went well; if not, what it said is shown."""
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 - package names of the list above
    if done.returncode != 0:
        print(done.stdout, file=sys.stderr)
    return done.returncode == 0


def main(purpose: str) -> int:
    """0 if everything is there in the end; 1 after one line that says what is not."""
    wanted = to_install(purpose)
    if wanted and (apt := apt_get()):
        install(wanted, apt)
    wanted = missing(purpose)
    if not wanted:
        return 0
    packages = " ".join(dependency.package for dependency in wanted)
    print(
        f"make {purpose} needs programs that are not on this machine: run `sudo apt-get install {packages}` "
        "(elsewhere than on Debian: your system's packages of those programs), then try again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
