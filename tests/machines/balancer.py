"""nginx in front of the web hosts, each request to the next of them; what a host does not take goes to the other."""

import signal
import subprocess
from collections.abc import Sequence

import httpx
import psutil

from scripts.dependencies import DEPENDENCIES
from tests.machines.lab import Host
from tests.waiting import wait_until

WEB_PORT = 5001
SERVED_BY = "X-Served-By"  # the addresses that were tried for an answer, in their order

CONFIGURATION = """
daemon off;
worker_processes 1;
user root;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off;
  client_max_body_size 500m;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  upstream web {{
{servers}
    keepalive 16;
  }}
  server {{
    listen {address}:80;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_connect_timeout 3s;
    proxy_read_timeout 75s;
    proxy_next_upstream error timeout;
    proxy_next_upstream_tries 2;
    add_header {served_by} $upstream_addr always;
    location / {{
      proxy_pass http://web;
    }}
    location /api/progress {{
      proxy_pass http://web;
      proxy_connect_timeout 1s;
      proxy_read_timeout 7s;
    }}
    location = /api/progress/cleanup {{
      proxy_pass http://web;
    }}
    location /api/uploads {{
      proxy_pass http://web;
      proxy_request_buffering off;
    }}
  }}
}}
"""


class Balancer:
    """`url` is where people go."""

    def __init__(self, host: Host, behind: Sequence[Host]) -> None:
        self._host = host
        self._behind = behind
        self._file = host.folder / "nginx.conf"
        self.url = f"http://{host.address}"

    def start(self) -> None:
        nginx = next(d for d in DEPENDENCIES if d.package == "nginx").find()
        assert nginx, "nginx is missing: python -m scripts.dependencies fleet"
        self._write(without=None)
        self._process: subprocess.Popen[bytes] = self._host.start(nginx, "-c", self._file, log="nginx.out")
        wait_until(self._answers, "the load balancer answers")

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz").status_code > 0
        except httpx.TransportError:
            return False

    def drain(self, host: Host) -> None:
        """Send nothing new there; requests under way end."""
        self._reload(without=host)

    def use_all(self) -> None:
        self._reload(without=None)

    def _reload(self, without: Host | None) -> None:
        """Read the configuration again: nginx then answers new connections by new processes, and ends the old ones."""
        before = self._generation()
        self._write(without)
        self._process.send_signal(signal.SIGHUP)
        wait_until(lambda: self._generation().isdisjoint(before), "nginx has read its configuration")

    def _generation(self) -> set[int]:
        """The processes that take connections; those that only finish what they have call themselves otherwise."""
        mine = psutil.Process(self._process.pid).children()
        return {process.pid for process in mine if _takes_connections(process)}

    def _write(self, without: Host | None) -> None:
        servers = [
            f"    server {host.address}:{WEB_PORT} max_fails=3 fail_timeout=5s{' down' if host is without else ''};"
            for host in self._behind
        ]
        text = CONFIGURATION.format(
            folder=self._host.folder, address=self._host.address, servers="\n".join(servers), served_by=SERVED_BY
        )
        self._file.write_text(text)


def _takes_connections(process: psutil.Process) -> bool:
    try:
        return "shutting down" not in " ".join(process.cmdline())
    except psutil.Error:  # it has ended
        return False
