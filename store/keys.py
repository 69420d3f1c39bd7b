"""Every Redis key that Backbeat makes is spelled here. RQ's own keys begin with `rq:`."""

PREFIX = "backbeat"


def progress(job_id: str) -> str:
    return f"{PREFIX}:progress:{job_id}"


def progress_fence(job_id: str) -> str:
    return f"{PREFIX}:progress:{job_id}:fence"


def refresh_slot(job_id: str) -> str:
    return f"{PREFIX}:refresh:{job_id}"


def access() -> str:
    return f"{PREFIX}:access"


def worker(name: str) -> str:
    return f"{PREFIX}:worker:{name}"


def workers() -> str:
    return f"{PREFIX}:workers"


def rate_limit(name: str) -> str:
    return f"{PREFIX}:rate:{name}"


def counters() -> str:
    return f"{PREFIX}:counters"


def queue_counts() -> str:
    return f"{PREFIX}:queue-counts"
