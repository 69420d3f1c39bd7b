"""Live progress documents, stored ready to serve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from store import keys

FENCE_TTL_SECONDS = 24 * 3600
ENDED_TTL_SECONDS = 24 * 3600
# Whoever runs a job writes more often than this. What nobody writes any more is not to be believed for long: if the
# news of the end got lost, readers go to SQL.
LIVE_TTL_SECONDS = 30

# Stores a document unless it is late: of an earlier attempt, behind in the same attempt, or after its end.
# KEYS: the document, its fence. ARGV: attempt, progress in millionths, 1 if this ends the attempt, the lowest version
# to give, the JSON up to the version's value ('' only moves the fence, so that readers go to SQL), seconds to live of
# the document, and of the fence.
# Returns the version given, or 0 if the write was late.
_WRITE = """
local attempt, progress, ends = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local version = tonumber(ARGV[4])
local fence = redis.call('GET', KEYS[2])
if fence then
  local a, v, p, ended = string.match(fence, '^(%d+):(%d+):(%d+):(%d)$')
  a, v, p = tonumber(a), tonumber(v), tonumber(p)
  if attempt < a then return 0 end
  if attempt == a and (ended == '1' or (progress < p and ends == '0')) then return 0 end
  version = math.max(version, v + 1)
end
redis.call('SET', KEYS[2], attempt .. ':' .. version .. ':' .. progress .. ':' .. ends, 'EX', ARGV[7])
if ARGV[5] == '' then
  redis.call('DEL', KEYS[1])
else
  local etag = '"' .. attempt .. '-' .. version .. '"'
  redis.call('SET', KEYS[1], etag .. '\\n' .. ARGV[5] .. version .. '}', 'EX', ARGV[6])
end
return version
"""


@dataclass(frozen=True, slots=True)
class LiveDocument:
    """A progress document as JSON bytes, and its ETag with quotes."""

    etag: str
    body: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "LiveDocument":
        etag, _, body = stored.partition(b"\n")
        return cls(etag.decode(), body)


class ProgressStore:
    """What is known of running jobs right now.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:progress:<job>` | string | 30 s, once over 24 h | ETag, a line feed, the document's JSON |
    | `backbeat:progress:<job>:fence` | string | 24 h | `attempt:version:progress:ended` of the last write |
    | `backbeat:refresh:<job>` | string | 0.5 s | there while a parent's document is fresh enough |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def write(
        self, job_id: str, *, attempt: int, progress: float, ends: bool, least_version: int, json_head: bytes
    ) -> int:
        """Store a document whose JSON is `json_head` + version + `}`; the version given, or 0 if it came too late."""
        version = self._redis.eval(
            _WRITE,
            2,
            keys.progress(job_id),
            keys.progress_fence(job_id),
            attempt,
            int(progress * 1_000_000),
            int(ends),
            least_version,
            json_head,
            ENDED_TTL_SECONDS if ends else LIVE_TTL_SECONDS,
            FENCE_TTL_SECONDS,
        )
        return int(version)

    def withdraw(self, job_id: str, *, attempt: int, least_version: int) -> int:
        """Fence off all before `attempt`, and let readers ask SQL until that attempt reports."""
        return self.write(job_id, attempt=attempt, progress=0.0, ends=False, least_version=least_version, json_head=b"")

    def read_many(self, job_ids: Sequence[str]) -> dict[str, LiveDocument]:
        """The documents that there are, by job id: one MGET."""
        if not job_ids:
            return {}
        stored: list[Any] = self._redis.mget([keys.progress(job_id) for job_id in job_ids])
        return {
            job_id: LiveDocument.parse(value)
            for job_id, value in zip(job_ids, stored, strict=True)
            if value is not None
        }

    def delete(self, job_ids: Iterable[str]) -> int:
        """Forget these jobs; the number of documents dropped."""
        ids = list(job_ids)
        if not ids:
            return 0
        dropped = self._redis.delete(*(keys.progress(job_id) for job_id in ids))
        self._redis.delete(*(keys.progress_fence(job_id) for job_id in ids))
        return int(dropped)

    def take_refresh_slot(self, job_id: str, *, every_seconds: float) -> bool:
        """Whether it is time for somebody, anywhere, to write this parent's document again."""
        return bool(self._redis.set(keys.refresh_slot(job_id), b"1", nx=True, px=int(every_seconds * 1000)))
