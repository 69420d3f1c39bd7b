"""Redis behind Sentinel: `REDIS_URL=redis+sentinel://[user:password@]host:port[,host:port…]/service[/database]`.

Redis' "Guidelines for Redis clients with support for Redis Sentinel": ask the sentinels whenever a connection is made,
make sure that what they name is a master, and make the connection anew if it has become a replica.
"""

import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from redis import Redis
from redis.backoff import NoBackoff
from redis.connection import Connection, SSLConnection, parse_url
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import ReadOnlyError, RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

import clock

SCHEMES = ("redis+sentinel", "rediss+sentinel")
DEFAULT_PORT = 26379
# Of a sentinel that does not answer, for a connection and for a word; then the next one is asked, unless so long was
# spent on all of them.
SENTINEL_SECONDS = 0.25
SENTINELS_SECONDS = 0.5
# A worker waits for work in silence: a master that has vanished without a word is given up after 5 s, also where a
# command is under way to it. Seconds, seconds, times, milliseconds; Linux goes by the last in place of the count.
_KEEPALIVE = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 5000}
KEEPALIVE = {getattr(socket, name): value for name, value in _KEEPALIVE.items() if hasattr(socket, name)}
_OF_SENTINELS = "sentinel_"
_NO = frozenset({"no", "false", "0"})
_HOST = re.compile(r"(?P<host>[^\[\]:]+|\[[0-9a-fA-F:.%]+\])(?::(?P<port>\d{1,5}))?")
_SHAPE = "redis+sentinel://[user:password@]host:26379[,host:26379…]/service[/database]"


def is_sentinel_url(url: str) -> bool:
    return urlsplit(url).scheme in SCHEMES


@dataclass(frozen=True, slots=True)
class SentinelUrl:
    """What such an address says; the options are redis-py's, those of sentinels without `sentinel_` before them."""

    hosts: tuple[tuple[str, int], ...]
    service: str
    is_encrypted: bool
    options: Mapping[str, Any] = field(repr=False)
    sentinel_options: Mapping[str, Any] = field(repr=False)


def parse_sentinel_url(url: str) -> SentinelUrl:
    """:raise ValueError: saying how such an address is written."""
    parts = urlsplit(url)
    login, _, hosts = parts.netloc.rpartition("@")
    service, _, database = parts.path.strip("/").partition("/")
    is_cut = "@" in parts.path  # by the stroke in a password, of which the beginning would stand for a host
    if not service or is_cut or (database and not database.isdigit()):
        raise ValueError(f"it must be {_SHAPE}")
    query = parse_qsl(parts.query, keep_blank_values=True)
    ours = [(name, value) for name, value in query if not name.startswith(_OF_SENTINELS)]
    theirs = [(name.removeprefix(_OF_SENTINELS), value) for name, value in query if name.startswith(_OF_SENTINELS)]
    is_encrypted = parts.scheme.startswith("rediss")
    return SentinelUrl(
        hosts=tuple(_host_and_port(host) for host in hosts.split(",")),
        service=unquote(service),
        is_encrypted=is_encrypted,
        options=_options(f"{login}@" if login else "", database, ours),
        sentinel_options=_sentinel_options(is_encrypted, ours, theirs),
    )


def _host_and_port(text: str) -> tuple[str, int]:
    found = _HOST.fullmatch(text.strip())
    port = int((found and found["port"]) or DEFAULT_PORT)
    if found is None or not 0 < port < 65_536:
        raise ValueError(f"{text!r} is no sentinel; it must be {_SHAPE}")
    return found["host"].strip("[]"), port


def _options(login: str, database: str, query: list[tuple[str, str]]) -> dict[str, Any]:
    """As redis-py reads them from an address of its own kind."""
    told: dict[str, Any] = parse_url(f"redis://{login}/{database}?{urlencode(query)}")
    return told


def _sentinel_options(is_encrypted: bool, ours: list[tuple[str, str]], theirs: list[tuple[str, str]]) -> dict[str, Any]:
    """TLS is for both, with the same certificates, unless sentinels are told otherwise."""
    told = _options("", "", theirs)
    is_encrypted = str(told.pop("ssl", is_encrypted)).lower() not in _NO
    shared = {name: value for name, value in _options("", "", ours).items() if name.startswith("ssl_")}
    return {**(shared if is_encrypted else {}), **told, "ssl": is_encrypted}


class MasterFinder:
    """Asks sentinels for the address of a service's master: first the one that knew it last, those that failed at the
    end. For all threads.
    """

    def __init__(self, url: SentinelUrl) -> None:
        self._service = url.service
        defaults = {"socket_timeout": SENTINEL_SECONDS, "socket_connect_timeout": SENTINEL_SECONDS}
        options = {**defaults, **url.sentinel_options, "retry": Retry(NoBackoff(), 0), "decode_responses": True}
        quiet = MaintNotificationsConfig(enabled=False)
        self._sentinels = [Redis(host, port, maint_notifications_config=quiet, **options) for host, port in url.hosts]

    def address(self) -> tuple[str, int]:
        """:raise RedisConnectionError: if no sentinel that was asked in time names a master."""
        until, said = clock.monotonic() + SENTINELS_SECONDS, []
        for sentinel in self._sentinels.copy():
            try:
                return self._ask(sentinel)
            except RedisError as e:
                said.append(str(e).rstrip("."))
                self._ask_last(sentinel)
            if clock.monotonic() >= until:
                break
        raise RedisConnectionError(f"No sentinel names a master: {'; '.join(dict.fromkeys(said))}.")

    def _ask(self, sentinel: Redis) -> tuple[str, int]:
        address = sentinel.sentinel_get_master_addr_by_name(self._service)
        if not isinstance(address, tuple):
            raise RedisError(f"a sentinel knows no service {self._service!r}")
        return str(address[0]), int(address[1])

    def _ask_last(self, sentinel: Redis) -> None:
        self._sentinels = [*(one for one in self._sentinels if one is not sentinel), sentinel]

    def close(self) -> None:
        for sentinel in self._sentinels:
            sentinel.close()


class MasterConnection(Connection):
    """A connection to whatever server is the master when it is made."""

    def __init__(self, *, finder: MasterFinder, **options: Any) -> None:
        self._finder = finder
        super().__init__(**options)

    def _connect(self) -> Any:
        # Here, not in `connect`: redis-py also connects anew in the middle of sending, to where it was before.
        self.host, self.port = self._finder.address()
        return super()._connect()

    def on_connect_check_health(self, check_health: bool = True) -> None:
        super().on_connect_check_health(check_health)
        self.send_command("ROLE", check_health=False)
        role = self.read_response()[0]
        if role not in (b"master", "master"):  # sentinels may name the old one for a moment
            raise RedisConnectionError(f"The server at {self.host}:{self.port} is no master yet, or no longer.")

    def read_response(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().read_response(*args, **kwargs)
        except ReadOnlyError as e:
            self.disconnect()
            raise RedisConnectionError(f"The server at {self.host}:{self.port} is no master any more.") from e


class EncryptedMasterConnection(MasterConnection, SSLConnection):
    """The same by TLS."""


def connection_options(url: str) -> dict[str, Any]:
    """What a connection pool is to be made with.

    :raise ValueError: if the address is none of Sentinel's.
    """
    parsed = parse_sentinel_url(url)
    return {
        "socket_keepalive_options": KEEPALIVE,
        **parsed.options,
        "connection_class": EncryptedMasterConnection if parsed.is_encrypted else MasterConnection,
        "finder": MasterFinder(parsed),
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
    }
