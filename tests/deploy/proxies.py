"""nginx and Caddy with the files of `deploy/`, but for ports, folders and a certificate of the test's own."""

import os
import re
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.deploy.examples import DEPLOY, program
from tests.ops.launching import free_port
from tests.waiting import wait_until

NAME = "backbeat.example.org"
CLIENT = "127.0.0.2"  # an address that is not the proxy's own


@dataclass(frozen=True)
class Front:
    """Where a proxy listens, and whose certificates to believe."""

    port: int
    plain_port: int
    trusted: Path

    @property
    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.trusted))
        context.check_hostname = False  # it is called by its address
        return context

    def client(self) -> httpx.Client:
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            transport=_Named(verify=self.tls, local_address=CLIENT),
            headers={"Host": NAME},
            timeout=30,
        )


class _Named(httpx.HTTPTransport):
    """Asks for the site by its name, whatever address it has here."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions = {**request.extensions, "sni_hostname": NAME}
        return super().handle_request(request)


def changed(text: str, changes: Mapping[str, str]) -> str:
    """An example with other values; each of the old ones must be there."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def make_certificate(folder: Path) -> Path:
    """`fullchain.pem` and `key.pem` for the name of the examples."""
    now = datetime.now(UTC)
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8, plain = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(pem, pkcs8, plain))
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    return folder / "fullchain.pem"


@contextmanager
def _running(command: list[str], front: Front, folder: Path) -> Iterator[Front]:
    log = folder / "log"
    with log.open("w") as file:
        environ = {"HOME": str(folder), "PATH": os.environ["PATH"]}
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=file, stderr=file)
    try:
        with front_when_ready(front, process, log):
            yield front
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def front_when_ready(front: Front, process: subprocess.Popen[bytes], log: Path) -> Iterator[None]:
    def answers() -> bool:
        if process.poll() is not None:
            raise RuntimeError(f"The proxy does not start: {log.read_text()}")
        try:
            with front.client() as client:
                return client.get("/healthz").status_code == 200
        except (httpx.TransportError, FileNotFoundError):
            return False

    wait_until(answers, "the proxy answers", within_seconds=30)
    yield


@contextmanager
def nginx(folder: Path, backbeat_port: int) -> Iterator[Front]:
    front = Front(free_port(), free_port(), make_certificate(folder))
    changes = {
        "server 127.0.0.1:5001": f"server 127.0.0.1:{backbeat_port}",
        "listen 443": f"listen 127.0.0.1:{front.port}",
        "listen 80": f"listen 127.0.0.1:{front.plain_port}",
        "/etc/ssl/backbeat": str(folder),
        "/var/cache/nginx/backbeat": str(folder / "cache"),
    }
    (folder / "backbeat.conf").write_text(changed((DEPLOY / "nginx" / "backbeat.conf").read_text(), changes))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;" if os.getuid() == 0 else ""  # its workers must reach the folder of the test
    (folder / "nginx.conf").write_text(
        f"{user} daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors;\n"
        f"events {{}}\nhttp {{ access_log off; {paths} include {folder}/backbeat.conf; }}\n"
    )
    command = [str(program("nginx")), "-p", str(folder), "-e", str(folder / "errors"), "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*command, "-t", "-q"], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    with _running(command, front, folder) as ready:
        yield ready


@contextmanager
def caddy(folder: Path, backbeat_port: int) -> Iterator[Front]:
    """With an authority of Caddy's own, and without its port for commands."""
    front = Front(free_port(), free_port(), folder / "storage/pki/authorities/local/root.crt")
    options = (
        f"{{\n\tadmin off\n\n\tlocal_certs\n\tskip_install_trust\n\tdefault_bind 127.0.0.1\n"
        f"\thttp_port {front.plain_port}\n\thttps_port {front.port}\n\tstorage file_system {folder}/storage\n}}\n"
    )
    changes = {
        "reverse_proxy 127.0.0.1:5001": f"reverse_proxy 127.0.0.1:{backbeat_port}",
        f"\n{NAME} {{": f"\n{NAME}:{front.port} {{",
    }
    text = changed((DEPLOY / "caddy" / "Caddyfile").read_text(), changes)
    file = folder / "Caddyfile"
    file.write_text(options + text)
    command = [str(program("caddy")), "run", "--adapter", "caddyfile", "--config", str(file)]
    with _running(command, front, folder) as ready:
        yield ready


PROXIES: dict[str, Callable[[Path, int], AbstractContextManager[Front]]] = {"nginx": nginx, "caddy": caddy}


def token_of(page: str) -> str:
    """The form's token against forged requests."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]
