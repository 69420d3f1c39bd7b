"""Whether Redis can take what is written to it, as it says itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RedisState:
    """`limit_bytes` is 0 where Redis takes all the memory there is, or makes room by itself."""

    used_bytes: int
    limit_bytes: int
    fails_to_save: bool  # its disk took nothing the last time, so it refuses whatever is to be written

    @property
    def is_full(self) -> bool:
        return 0 < self.limit_bytes <= self.used_bytes


def redis_state(memory: Mapping[str, Any], persistence: Mapping[str, Any]) -> RedisState:
    """What the sections `memory` and `persistence` of Redis' INFO mean. Pure."""
    saves = (persistence.get("aof_last_write_status", "ok"), persistence.get("rdb_last_bgsave_status", "ok"))
    evicts = memory.get("maxmemory_policy", "noeviction") != "noeviction"
    return RedisState(
        used_bytes=int(memory.get("used_memory", 0)),
        limit_bytes=0 if evicts else int(memory.get("maxmemory", 0)),
        fails_to_save=any(status != "ok" for status in saves),
    )
