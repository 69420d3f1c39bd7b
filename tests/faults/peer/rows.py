"""Which of the faults are made to plain RQ too, under the numbers that they have for us."""

from tests.faults.catalogue import Run
from tests.faults.peer import of_dashboard, of_intake, of_redis, of_schedules, of_workers

PEER_ROWS: dict[str, Run] = {
    "1": of_workers.worker_killed,
    "2": of_workers.horse_killed,
    "4": of_redis.data_lost,
    "5": of_redis.redis_away,
    "9": of_intake.clicked_at_once,
    "10": of_intake.crash_before_enqueue,
    "17": of_dashboard.long_queue,
    "23": of_dashboard.markup_in_names,
    "27": of_schedules.two_schedulers,
    "31": of_redis.reply_lost,
}
