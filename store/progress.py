"""Live progress documents, stored ready to serve."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from store import keys

FENCE_TTL_SECONDS = 24 * 3600
ENDED_TTL_SECONDS = 24 * 3600
# Whoever runs a job writes or keeps its document more often than this. What nobody vouches for any more is not to be
# believed for long: if the news of the end got lost, readers go to SQL.
LIVE_TTL_SECONDS = 30

# What all three scripts begin with. The fence is `attempt:version:progress:ended:canceling:done:as_of`; the last two
# are those of a `Tally`, and 0 where there is none.
_FENCE = """
local fence = redis.call('GET', KEYS[2])
local a, v, p, ended, canceling, done, as_of = 0, 0, 0, '0', '0', 0, 0
if fence then
  a, v, p, ended, canceling, done, as_of = string.match(fence, '^(%d+):(%d+):(%d+):(%d):?(%d?):?(%d*):?(%d*)$')
  a, v, p, done, as_of = tonumber(a), tonumber(v), tonumber(p), tonumber(done) or 0, tonumber(as_of) or 0
end
local attempt = tonumber(ARGV[1])
local function tell_cancel(json)
  return (string.gsub(json, '"cancel_requested":false', '"cancel_requested":true', 1))
end
local function stored(version, json)
  return '"' .. attempt .. '-' .. version .. '"\\n' .. json .. version .. '}'
end
"""

# Stores a document unless it is late: of an earlier attempt, behind in the same attempt, or after its end. One with a
# tally is behind if it is older and fewer parts are over; its bar stands still where it would go back.
# KEYS: the document, its fence. ARGV: attempt, progress in millionths, 1 if this ends the attempt, the lowest version
# to give, the JSON up to the version's value ('' only moves the fence, so that readers go to SQL), seconds to live of
# the document, and of the fence, 1 if a document that says the same already is only to be kept, the tally's parts that
# are over, and its instant in ms (0: there is no tally).
# Returns the version given, or 0 if the write was late.
_WRITE = (
    _FENCE
    + """
local progress, ends, json = tonumber(ARGV[2]), ARGV[3], ARGV[5]
local version = tonumber(ARGV[4])
local parts, instant = tonumber(ARGV[9]), tonumber(ARGV[10])
local function standing_still(json)
  local bar = string.gsub(string.gsub(string.format('%.4f', p / 1000000), '0+$', ''), '%.$', '.0')
  return (string.gsub(json, '"progress":[%d.e-]+', '"progress":' .. bar, 1))
end
if attempt < a then return 0 end
if attempt == a then
  if ended == '1' then return 0 end
  if ends == '0' and instant == 0 and progress < p then return 0 end
  if ends == '0' and instant > 0 then
    if parts < done and instant <= as_of then return 0 end
    if progress < p then progress, json = p, standing_still(json) end
  end
  if canceling == '1' and ends == '0' then json = tell_cancel(json) end
else
  canceling = '0'
end
if ARGV[8] == '1' and v > 0 and redis.call('GET', KEYS[1]) == stored(v, json) then
  redis.call('EXPIRE', KEYS[1], ARGV[6])
  redis.call('EXPIRE', KEYS[2], ARGV[7])
  return v
end
if fence then version = math.max(version, v + 1) end
local flags = ends .. ':' .. (canceling == '1' and '1' or '0') .. ':' .. ARGV[9] .. ':' .. ARGV[10]
redis.call('SET', KEYS[2], attempt .. ':' .. version .. ':' .. progress .. ':' .. flags, 'EX', ARGV[7])
if json == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], stored(version, json), 'EX', ARGV[6])
end
return version
"""
)

# Keeps the document of a running attempt from being forgotten, without a change.
# KEYS: the document, its fence. ARGV: attempt, seconds to live of the document, and of the fence.
# Returns 1, or 0 if there is none of this attempt any more and it is to be written again.
_KEEP = (
    _FENCE
    + """
if attempt < a then return 1 end
if attempt > a or redis.call('EXPIRE', KEYS[1], ARGV[2]) == 0 then return 0 end
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
"""
)

# Says in the document of a running attempt, and in all that it writes from now on, that it was asked to stop.
# KEYS: the document, its fence. ARGV: attempt, seconds to live of the fence.
_TELL_CANCEL = (
    _FENCE
    + """
if attempt < a or (attempt == a and (ended == '1' or canceling == '1')) then return 0 end
if attempt > a then p, done, as_of = 0, 0, 0 end
v = v + 1
local tally = done .. ':' .. string.format('%d', as_of)
redis.call('SET', KEYS[2], attempt .. ':' .. v .. ':' .. p .. ':0:1:' .. tally, 'EX', ARGV[2])
local json = string.match(redis.call('GET', KEYS[1]) or '', '^[^\\n]*\\n(.*"version":)%d+}$')
if json and attempt == a then redis.call('SET', KEYS[1], stored(v, tell_cancel(json)), 'KEEPTTL') end
return v
"""
)


@dataclass(frozen=True, slots=True)
class LiveDocument:
    """A progress document as JSON bytes, and its ETag with quotes."""

    etag: str
    body: bytes

    @classmethod
    def parse(cls, stored: bytes) -> "LiveDocument":
        etag, _, body = stored.partition(b"\n")
        return cls(etag.decode(), body)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many parts of a parent were over at what instant: what puts its documents in order, since its bar may fall
    back when a part is tried again."""

    done: int
    as_of_ms: int


NO_TALLY = Tally(0, 0)


@dataclass(frozen=True, slots=True)
class Report:
    """A document to be stored, whose JSON is `json_head` + version + `}`; an empty one only moves the fence."""

    job_id: str
    attempt: int
    progress: float
    ends: bool
    least_version: int
    json_head: bytes

    def arguments(self, *, only_if_new: bool = False, tally: Tally = NO_TALLY) -> tuple[Any, ...]:
        """Those of `_WRITE`."""
        return (
            2,
            keys.progress(self.job_id),
            keys.progress_fence(self.job_id),
            self.attempt,
            int(self.progress * 1_000_000),
            int(self.ends),
            self.least_version,
            self.json_head,
            ENDED_TTL_SECONDS if self.ends else LIVE_TTL_SECONDS,
            FENCE_TTL_SECONDS,
            int(only_if_new),
            tally.done,
            tally.as_of_ms,
        )


class ProgressStore:
    """What is known of running jobs right now.

    | key | type | TTL | holds |
    |---|---|---|---|
    | `backbeat:progress:<job>` | string | 30 s, once over 24 h | ETag, a line feed, the document's JSON |
    | `backbeat:progress:<job>:fence` | string | 24 h | `attempt:version:progress:ended:canceling:done:as_of` |
    | `backbeat:refresh:<job>` | string | 0.5 s | there while a parent's document is fresh enough |
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def write(
        self,
        job_id: str,
        *,
        attempt: int,
        progress: float,
        ends: bool,
        least_version: int,
        json_head: bytes,
        only_if_new: bool = False,
        tally: Tally = NO_TALLY,
    ) -> int:
        """Store a document whose JSON is `json_head` + version + `}`; the version given, or 0 if it came too late.

        With `only_if_new`, one that says what is there already keeps that one's version. With a tally, less progress
        is no reason to refuse it: the highest that was told is told again.
        """
        report = Report(job_id, attempt, progress, ends, least_version, json_head)
        return self.store(report, only_if_new=only_if_new, tally=tally)

    def store(self, report: Report, *, only_if_new: bool = False, tally: Tally = NO_TALLY) -> int:
        """What `write` does, of a document that is ready to be sent."""
        return int(self._redis.eval(_WRITE, *report.arguments(only_if_new=only_if_new, tally=tally)))

    def write_many(self, reports: Iterable[Report]) -> None:
        """Store all that are not too late, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for report in reports:
                pipeline.eval(_WRITE, *report.arguments())
            pipeline.execute()

    def keep(self, job_id: str, *, attempt: int) -> bool:
        """Keep the document of a running attempt for as long as a new one; false if it has to be written again."""
        kept = self._redis.eval(
            _KEEP,
            2,
            keys.progress(job_id),
            keys.progress_fence(job_id),
            attempt,
            LIVE_TTL_SECONDS,
            FENCE_TTL_SECONDS,
        )
        return bool(kept)

    def tell_cancel(self, job_id: str, *, attempt: int) -> None:
        """Let the live document say from now on that this attempt was asked to stop."""
        self._redis.eval(
            _TELL_CANCEL, 2, keys.progress(job_id), keys.progress_fence(job_id), attempt, FENCE_TTL_SECONDS
        )

    def withdraw(self, job_id: str, *, attempt: int, least_version: int) -> int:
        """Fence off all before `attempt`, and let readers ask SQL until that attempt reports."""
        return self.write(job_id, attempt=attempt, progress=0.0, ends=False, least_version=least_version, json_head=b"")

    def withdraw_many(self, attempts: Iterable[tuple[str, int, int]]) -> None:
        """The same for many, each `(job_id, attempt, least_version)`, in one round trip."""
        self.write_many(Report(job_id, attempt, 0.0, False, version, b"") for job_id, attempt, version in attempts)

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
