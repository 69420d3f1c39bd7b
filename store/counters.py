"""Numbers that only grow, added up over all processes."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from redis import Redis

from store import keys

Series: TypeAlias = tuple[str, ...]  # a name and the values of its labels
Amounts: TypeAlias = Mapping[Series, float]

SEPARATOR = "|"
CURSOR = "cursor"

# Adds, unless somebody else has moved the cursor since it was read.
# KEYS: the hash. ARGV: the cursor's field, where it must stand ('' for nowhere yet), where it is to stand, and then
# fields and amounts in turn.
# Returns 1 if it was added, 0 if not.
_ADD_ONCE = """
local stands = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stands ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
for i = 4, #ARGV, 2 do
  redis.call('HINCRBYFLOAT', KEYS[1], ARGV[i], ARGV[i + 1])
end
return 1
"""


class Counters:
    """Counters for monitoring, which takes it well if they start over because Redis has lost its data.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:counters` | hash | none | `<name>|<label>|…`: the sum; `cursor|<name>`: what was counted up to there |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def read(self) -> dict[Series, float]:
        """All of them: one HGETALL of some hundred fields."""
        stored: Any = self._redis.hgetall(keys.counters())
        series = {tuple(field.decode().split(SEPARATOR)): value for field, value in stored.items()}
        return {labels: float(value) for labels, value in series.items() if labels[0] != CURSOR}

    def add(self, amounts: Amounts) -> None:
        pipeline = self._redis.pipeline(transaction=True)
        for series, amount in amounts.items():
            pipeline.hincrbyfloat(keys.counters(), SEPARATOR.join(series), amount)
        pipeline.execute()

    def cursor(self, name: str) -> int | None:
        """Up to where it has been counted; None if it never was, or Redis has forgotten it."""
        stands = self._redis.hget(keys.counters(), _cursor_field(name))
        return None if stands is None else int(stands)

    def add_once(self, amounts: Amounts, *, cursor: str, stands: int | None, moves_to: int) -> bool:
        """Add, and move the cursor on, at once; false if it no longer stands there: somebody else was first."""
        arguments: list[str | int | float] = [_cursor_field(cursor), "" if stands is None else stands, moves_to]
        for series, amount in amounts.items():
            arguments += [SEPARATOR.join(series), amount]
        return bool(self._redis.eval(_ADD_ONCE, 1, keys.counters(), *arguments))


def _cursor_field(name: str) -> str:
    return f"{CURSOR}{SEPARATOR}{name}"
