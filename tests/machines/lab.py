"""Hosts: each a network of its own on one bridge, with a name of its own. A cable can be pulled."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.ops.launching import PROJECT

NETWORK = "10.77.0"
OUTSIDE = f"{NETWORK}.1"  # where people are, who see all hosts
BRIDGE = "switch"


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


class Host:
    """A machine: `name` is its host name, its network namespace and the other end of its cable."""

    def __init__(self, name: str, number: int, folder: Path) -> None:
        self.name = name
        self.address = f"{NETWORK}.{number}"
        self.folder = folder / name
        self.folder.mkdir()
        self._names = folder / f"{name}.uts"
        self._make_network()
        self._make_name()

    def _make_network(self) -> None:
        ip("netns", "add", self.name)
        ip("link", "add", self.name, "type", "veth", "peer", "name", "eth0", "netns", self.name)
        ip("link", "set", self.name, "master", BRIDGE, "up")
        for device in ("lo", "eth0"):
            ip("-n", self.name, "link", "set", device, "up")
        ip("-n", self.name, "addr", "add", f"{self.address}/24", "dev", "eth0")

    def _make_name(self) -> None:
        self._names.touch()
        subprocess.run(["unshare", f"--uts={self._names}", "hostname", self.name], check=True)

    def command(self, *command: str | Path) -> list[str]:
        """The same command, on this host."""
        enter = ["nsenter", f"--net=/run/netns/{self.name}", f"--uts={self._names}", "--"]
        return [*enter, *map(str, command)]

    def start(
        self, *command: str | Path, log: str, environ: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a program, whose words go to that log in the host's folder; the terminal's Ctrl-C does not reach it."""
        with (self.folder / log).open("a") as file:
            return subprocess.Popen(
                self.command(*command), cwd=PROJECT, env=environ, stdout=file, stderr=file, start_new_session=True
            )

    def run(self, *command: str | Path, environ: Mapping[str, str] | None = None, words: str = "") -> str:
        """Run a program to its end, with `words` as its input, and answer what it said.

        :raise AssertionError: with its last words, if it went wrong.
        """
        done = subprocess.run(
            self.command(*command), cwd=PROJECT, env=environ, input=words, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{command} on {self.name} ended with {done.returncode}: {done.stderr[-2000:]}"
        return done.stdout

    def unplug(self) -> None:
        """Pull the cable: nothing gets in or out, and nobody is told."""
        ip("link", "set", self.name, "down")

    def plug(self) -> None:
        ip("link", "set", self.name, "up")


class Lab:
    """A switch, and the hosts on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.hosts: list[Host] = []
        ip("link", "set", "lo", "up")
        ip("link", "add", BRIDGE, "type", "bridge")
        ip("addr", "add", f"{OUTSIDE}/24", "dev", BRIDGE)
        ip("link", "set", BRIDGE, "up")

    def host(self, name: str) -> Host:
        """A new one."""
        host = Host(name, 10 + len(self.hosts), self._folder)
        self.hosts.append(host)
        return host

    def plug_all(self) -> None:
        for host in self.hosts:
            host.plug()
