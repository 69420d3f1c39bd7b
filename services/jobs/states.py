"""The states of a job, and which moves there are between them.

queued ──> started ──> finished
  ^  │        │ │ └──> failed
  │  │        │ └────> canceled
  │  └──────> │ ─────> (queued canceled before it starts)
scheduled <───┘        (waits for its next try)
deferred               (waits for another job)
"""

QUEUED = "queued"
SCHEDULED = "scheduled"
DEFERRED = "deferred"
STARTED = "started"
FINISHED = "finished"
FAILED = "failed"
CANCELED = "canceled"

WAITING = (QUEUED, SCHEDULED, DEFERRED)
LIVE = (*WAITING, STARTED)
ENDED = (FINISHED, FAILED, CANCELED)
ALL = (*LIVE, *ENDED)
