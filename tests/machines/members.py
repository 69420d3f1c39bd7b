"""The hosts that run Backbeat's own programs, each a part of them, as `ROLES` says."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx

from tests.machines.balancer import WEB_PORT
from tests.machines.lab import Host
from tests.waiting import wait_until

STOP_SECONDS = 60.0


class Member:
    """A host of Backbeat. `shared` are the settings that all of them have."""

    def __init__(self, host: Host, roles: str, shared: Mapping[str, str], uploads: Path) -> None:
        self.host = host
        self.roles = roles
        data_dir = host.folder / "data"
        data_dir.mkdir()
        # Stands for a folder that all web and worker hosts have mounted, by NFS or the like.
        (data_dir / "uploads").symlink_to(uploads)
        own = {"DATA_DIR": str(data_dir), "ROLES": roles, "HOST": host.address, "PORT": str(WEB_PORT)}
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(host.folder), **shared, **own}

    @property
    def name(self) -> str:
        return self.host.name

    @property
    def pid(self) -> int:
        """Of the launcher, below which the others run."""
        return self._process.pid

    @property
    def url(self) -> str:
        return f"http://{self.host.address}:{WEB_PORT}"

    def start(self) -> None:
        self._process: subprocess.Popen[bytes] = self.host.start(
            sys.executable, "-m", "scripts.run", log="backbeat.log", environ=self.environ
        )

    def stop(self) -> None:
        """Warmly: requests end, jobs end or go back into the queue."""
        self._process.terminate()
        self._process.wait(STOP_SECONDS)

    def kill(self) -> None:
        """All of its processes at once: the launcher's death is that of the rest."""
        self._process.kill()
        self._process.wait()

    def await_web(self) -> None:
        wait_until(self._is_healthy, f"{self.name} answers", within_seconds=180)

    def _is_healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def flask(self, *arguments: str, words: str = "") -> str:
        """A command of Backbeat's, on this host."""
        return self.host.run(
            sys.executable, "-m", "flask", "--app", "app", *arguments, environ=self.environ, words=words
        )
