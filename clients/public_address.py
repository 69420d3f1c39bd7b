"""Which addresses a stranger may have us connect to, and which not: the guard against server-side request forgery.

After OWASP's cheat sheet (case 2: any address may be asked for) and the tables of IANA's special-purpose registries
(https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry).
"""

import ipaddress
import re
import socket
import threading
from collections.abc import Sequence
from typing import TypeAlias

import httpx

from errors import BackbeatError, InvalidInput

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = {"http": 80, "https": 443}
PUBLIC_PORTS = frozenset({80, 443, 8443})
MAX_URL_CHARS = 500
LOOK_UP_SECONDS = 5.0

NOT_PUBLIC_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",  # carriers' own
            "127.0.0.0/8",
            "169.254.0.0/16",  # link-local, and the metadata of cloud machines
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Of IPv6 only what is handed out to the public network, and of that not what leads to IPv4 or nowhere.
PUBLIC_V6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # Teredo, benchmarks, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)

_NAME = re.compile(r"(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# What a browser or the system's resolver would take for a number: 127.1, 0x7f.1, 2130706433.
_LIKE_A_NUMBER = re.compile(r"(.*\.)?(\d+|0x[0-9a-f]*)", re.IGNORECASE)


class Unresolved(BackbeatError):
    """The host's name leads nowhere, just now or at all."""

    code = "unresolved"


def parse(url: str, *, allow_private: bool, max_chars: int = MAX_URL_CHARS) -> httpx.URL:
    """The address as it will be connected to, read once: nothing reads the text a second time, another way.

    :raise InvalidInput: with a plain reason, if it is none, or by its looks alone none that may be asked for.
    """
    if len(url) > max_chars or not url.isprintable() or re.search(r"[\s\\]", url):
        raise refused(f"it must have at most {max_chars} characters, and neither blanks nor backslashes")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as e:
        raise refused("it cannot be read; write it as https://host/path") from e
    _check_shape(parsed)
    if not allow_private:
        _check_host(parsed)
    return parsed


def _check_shape(url: httpx.URL) -> None:
    if url.scheme not in PORTS or not url.host:
        raise refused("it must begin with https:// or http:// and name a host")
    if url.userinfo:
        raise refused("it must not carry a name or password before an @")


def _check_host(url: httpx.URL) -> None:
    port = port_of(url)
    if port not in PUBLIC_PORTS:
        raise refused(f"port {port} is not allowed; use one of {', '.join(map(str, sorted(PUBLIC_PORTS)))}")
    host = url.raw_host.decode("ascii")
    literal = as_address(host)
    if literal is not None and not is_public(literal):
        raise not_public(host)
    if literal is None and (_LIKE_A_NUMBER.fullmatch(host.rstrip(".")) or not _NAME.fullmatch(host.lower())):
        raise refused("its host must be a full name such as hooks.example.com, or a public IP address")


def port_of(url: httpx.URL) -> int:
    return url.port or PORTS[url.scheme]


def as_address(host: str) -> Address | None:
    """The IP address that the text is in its usual form; None for anything else."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def is_public(address: Address) -> bool:
    """Whether it is anybody's on the public network: neither ours, nor this machine's, nor a special one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        in_use = address in PUBLIC_V6 and not any(address in network for network in NOT_PUBLIC_V6)
        return in_use and address.scope_id is None
    return address.is_global and not any(address in network for network in NOT_PUBLIC_V4)


def resolve(host: str, port: int, *, allow_private: bool, within_seconds: float = LOOK_UP_SECONDS) -> list[Address]:
    """All addresses of a host, each of them one that may be connected to; the look-up ends in time.

    :raise Unresolved: if there are none.
    :raise InvalidInput: if only one of them is not public: whoever mixes them hopes that we pick that one.
    """
    literal = as_address(host)
    found = [literal] if literal is not None else _look_up(host, port, within_seconds)
    if not found:
        raise Unresolved(f"The name {host} cannot be looked up; check how it is written.")
    if not allow_private and not all(map(is_public, found)):
        raise not_public(host)
    return found


def _look_up(host: str, port: int, within_seconds: float) -> list[Address]:
    """The system's resolver knows no time limit of ours, so it is asked in a thread that may be left behind."""
    answers: list[Sequence[tuple[object, ...]]] = []

    def ask() -> None:
        try:
            answers.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            answers.append([])

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(max(0.0, within_seconds))
    addresses = [str(answer[4][0]) for answer in (answers[0] if answers else [])]  # type: ignore[index] # a sockaddr
    return list(dict.fromkeys(map(ipaddress.ip_address, addresses)))


def refused(reason: str) -> InvalidInput:
    return InvalidInput(f"That address cannot be used: {reason}.", code="address_refused")


def not_public(host: str) -> InvalidInput:
    return refused(f"{host} leads to this machine or into a private or special network; only public ones are asked")
