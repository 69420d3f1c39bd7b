"""`python -m bench.peers.environment`: an environment of the peers' own, `.make/peers`, made or brought up to date."""

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / ".make" / "peers"
REQUIREMENTS = Path(__file__).with_name("requirements.txt")
INSTALLED = PLACE / "installed.txt"


def program(name: str) -> str:
    """The path of one of its programs: `python`, `gunicorn`, `celery`."""
    return str(PLACE / "bin" / name)


def ready() -> None:
    """Install what is listed, unless exactly that was installed before.

    :raise RuntimeError: with what pip said, if it cannot be installed.
    """
    wanted = REQUIREMENTS.read_text()
    if INSTALLED.exists() and INSTALLED.read_text() == wanted:
        return
    print(f"Installing the peers into {PLACE} …", file=sys.stderr, flush=True)
    venv.create(PLACE, with_pip=True)
    pip = [program("python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    done = subprocess.run([*pip, "-r", str(REQUIREMENTS)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"The peers could not be installed from {REQUIREMENTS}; pip said:\n{done.stdout}")
    INSTALLED.write_text(wanted)


def versions() -> dict[str, str]:
    """The peers by name, as they are pinned."""
    lines = [line.partition("==") for line in REQUIREMENTS.read_text().splitlines()]
    return {name: version for name, pinned, version in lines if pinned and not name.startswith("#")}


if __name__ == "__main__":
    ready()
