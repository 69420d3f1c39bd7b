"""Whether a Redis answers, and whether one that somebody else runs can be trusted with our queues."""

from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, RedisError
from redis.retry import Retry

import redis_urls
from errors import SettingsError
from scripts.supervision.redis_server import OLDEST_VERSION

TIMEOUT_SECONDS = 3.0


def _asking_once() -> dict[str, Any]:
    return {
        "socket_connect_timeout": TIMEOUT_SECONDS,
        "socket_timeout": TIMEOUT_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


def answers(socket: Path) -> bool:
    """Whether the server on this unix socket answers, all its data read."""
    with Redis(unix_socket_path=str(socket), **_asking_once()) as client:
        try:
            return bool(client.ping())
        except (RedisError, OSError):
            return False


def check_redis_url(url: str) -> list[str]:
    """Check the server at `REDIS_URL`; answers warnings, one line each.

    :raise SettingsError: if it does not answer, is too old, or may throw away what it was given to keep.
    """
    facts = _facts(url)
    version = str(facts.get("redis_version", "unknown"))
    if _too_old(version):
        oldest = ".".join(map(str, OLDEST_VERSION))
        raise _refused(url, f"it is version {version}", f"{oldest} or newer is needed")
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        raise _refused(
            url,
            f"its maxmemory-policy is {policy}, so it may drop queued jobs when memory is short",
            "set it with: CONFIG SET maxmemory-policy noeviction",
        )
    return [] if facts.get("aof_enabled", 1) else [_forgets(url)]


def _forgets(url: str) -> str:
    return (
        f"Warning: the server at REDIS_URL={redis_urls.without_password(url)!r} has its append-only file off; when it "
        "restarts the queues are rebuilt from SQL, which takes a moment. To keep them: CONFIG SET appendonly yes."
    )


def _facts(url: str) -> dict[str, Any]:
    try:
        with redis_urls.client(url, **_asking_once()) as client:
            client.ping()
            return dict(client.info())
    except AuthenticationError as e:
        raise _refused(url, "it does not accept the password", "name it: redis://:PASSWORD@HOST:PORT/0") from e
    except (RedisError, OSError, ValueError) as e:
        reason = (str(e).strip() or type(e).__name__).splitlines()[0].rstrip(".")
        raise _refused(url, reason, "start that server, or unset REDIS_URL to have one started for you") from e


def _refused(url: str, reason: str, remedy: str) -> SettingsError:
    return SettingsError(f"REDIS_URL={redis_urls.without_password(url)!r} cannot be used: {reason}; {remedy}.")


def _too_old(version: str) -> bool:
    numbers = version.split(".")[:2]
    return all(n.isdigit() for n in numbers) and tuple(map(int, numbers)) < OLDEST_VERSION
