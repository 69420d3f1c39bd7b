"""How often somebody may try to sign in, or ask for work: counted in Redis for all processes together.

While Redis is away each process counts by itself.
"""

import hashlib
import ipaddress
import math
import threading
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakKeyDictionary

import structlog
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import Redis
from redis.exceptions import RedisError

import clock
from errors import TooManyRequests
from extensions import current_settings, redis
from services.access import names
from services.access.identity import Identity
from store import keys

log = structlog.get_logger(__name__)

T = TypeVar("T")

SIGN_INS_PER_ACCOUNT = RateLimitItemPerMinute(5)
SIGN_INS_PER_ADDRESS = RateLimitItemPerMinute(20)
# A renderer that is done with a thousand at once calls for each; what is turned away is found by looking.
RENDERER_CALLS_PER_ADDRESS = RateLimitItemPerMinute(1200)
IPV6_SITE_BITS = 64  # what one household or machine is given, to change its address within at will


def check_sign_in(name: str, address: str) -> None:
    """Count a try, before it is known how it ends: else many at once would all get through.

    :raise TooManyRequests: if there were too many of this address, or for this name.
    """
    _count(SIGN_INS_PER_ADDRESS, "address", _site(address))
    check_account(name)


def check_account(name: str) -> None:
    """:raise TooManyRequests: if the password of that name was tried too often."""
    _count(SIGN_INS_PER_ACCOUNT, "account", _account(name))


def forgive(name: str) -> None:
    """Forget the tries for a name whose password has just been given; not those of the address."""
    _current().clear(SIGN_INS_PER_ACCOUNT, "account", _account(name))


def check_analyze(identity: Identity) -> None:
    """:raise TooManyRequests: if they asked for more work than `ANALYZE_PER_MINUTE`."""
    _count(RateLimitItemPerMinute(current_settings().analyze_per_minute), "analyze", identity.marker)


def check_call(identity: Identity) -> None:
    """:raise TooManyRequests: if they called the API more often than `API_CALLS_PER_MINUTE`."""
    _count(RateLimitItemPerMinute(current_settings().api_calls_per_minute), "call", identity.marker)


def check_renderer(address: str) -> None:
    """:raise TooManyRequests: if that address calls about renders, with good tokens or bad, more often than any may."""
    _count(RENDERER_CALLS_PER_ADDRESS, "renderer", _site(address))


def _account(name: str) -> str:
    """Of one length whatever was typed, which may be a password by mistake."""
    return hashlib.sha256(names.login_of(name).encode()).hexdigest()


def _site(address: str) -> str:
    """The address, in IPv6 its network; what is no address as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, IPV6_SITE_BITS), strict=False))


def _count(limit: RateLimitItem, *what: str) -> None:
    wait_seconds = _current().hit(limit, *what)
    if wait_seconds:
        raise TooManyRequests(
            f"That was too often; try again in {wait_seconds} seconds.", retry_after_seconds=wait_seconds
        )


class _Counters:
    """One in Redis, through the breaker of its pool, and one in this process for while that is away."""

    def __init__(self, client: Redis) -> None:
        pool = client.connection_pool
        self._shared = MovingWindowRateLimiter(
            RedisStorage("redis://", connection_pool=pool, key_prefix=keys.rate_limit("access"))
        )
        self._alone = MovingWindowRateLimiter(MemoryStorage())
        self._is_alone = False

    def hit(self, limit: RateLimitItem, *what: str) -> int:
        """Count one; 0, or if that was one too many in how many whole seconds it is worth another try."""
        return self._do(lambda counter: _hit(counter, limit, *what))

    def clear(self, limit: RateLimitItem, *what: str) -> None:
        self._alone.clear(limit, *what)
        self._do(lambda counter: counter.clear(limit, *what))

    def _do(self, deed: Callable[[MovingWindowRateLimiter], T]) -> T:
        try:
            answer = deed(self._shared)
        except RedisError as e:
            if not self._is_alone:
                log.warning("limits_counted_alone", error=type(e).__name__)
            self._is_alone = True
            return deed(self._alone)
        self._is_alone = False
        return answer


def _hit(counter: MovingWindowRateLimiter, limit: RateLimitItem, *what: str) -> int:
    if counter.hit(limit, *what):
        return 0
    return max(1, math.ceil(counter.get_window_stats(limit, *what).reset_time - clock.now()))


_of_client: WeakKeyDictionary[Redis, _Counters] = WeakKeyDictionary()
_lock = threading.Lock()


def _current() -> _Counters:
    client = redis.client
    with _lock:
        if client not in _of_client:
            _of_client[client] = _Counters(client)
        return _of_client[client]
