"""The system programs that tests and benchmarks drive: the one list of them, and how they get here.

    python -m scripts.dependencies test|bench

Installs what is missing where it may (apt-get, as root or with a sudo that asks nothing); else says what to install.
Nothing of this is needed to run Backbeat.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SYSTEM = Path("/")


@dataclass(frozen=True)
class Dependency:
    """A Debian package and what it is wanted for. Any one of `programs` will do: a name, or a pattern below `/`."""

    package: str
    programs: tuple[str, ...]
    purposes: tuple[str, ...] = ("test", "bench")

    def find(self) -> Path | None:
        """The program, if it is there."""
        for program in self.programs:
            found = sorted(SYSTEM.glob(program)) if "/" in program else [Path(p) for p in [shutil.which(program)] if p]
            if found:
                return found[-1]
        return None


DEPENDENCIES = (
    Dependency("chromium", ("chromium", "chromium-browser", "google-chrome"), purposes=("test",)),
    Dependency("postgresql", ("postgres", "usr/lib/postgresql/*/bin/postgres")),
    Dependency("redis-server", ("redis-server",)),
    Dependency("ffmpeg", ("ffmpeg",), purposes=("test",)),
    Dependency("wrk", ("wrk",), purposes=("bench",)),
)


def missing(purpose: str) -> list[str]:
    """The packages that `purpose` needs and that are not there."""
    return [d.package for d in DEPENDENCIES if purpose in d.purposes and d.find() is None]


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


def install(packages: Sequence[str], apt: Sequence[str]) -> None:
    """Install them; apt-get's own words are shown only if it fails."""
    print(f"Installing {', '.join(packages)} with apt-get …", flush=True)
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        done = subprocess.run([*apt, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)  # noqa: S603 - package names of the list above
        if done.returncode != 0:
            print(done.stdout, file=sys.stderr)
            return


def main(purpose: str) -> int:
    """0 if everything is there in the end; 1 after one line that says what is not."""
    packages = missing(purpose)
    if packages and (apt := apt_get()):
        install(packages, apt)
        packages = missing(purpose)
    if not packages:
        return 0
    print(
        f"make {purpose} needs programs that are not on this machine: run `sudo apt-get install {' '.join(packages)}` "
        "(elsewhere than on Debian: your system's packages of those programs), then try again.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
