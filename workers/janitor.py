"""The janitor's process: `python -m workers.janitor`. Any number may run; one is enough."""

import signal
import threading
from collections.abc import Callable, Iterable

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from extensions import current_settings, db
from services import audit, fleet, idempotency, metrics, upload_pruning, uploads
from services.access import links, sign_ins
from services.episodes import arrivals
from services.fleet.depths import ExactCounts
from services.jobs import pauses
from services.jobs.janitor import Janitor
from services.maintenance import keeping
from services.notices import outbox as notices
from services.notices.delivery import Courier
from services.notices.watching import Watch
from services.schedules import ticking
from services.stats import rollup
from services.videos import settling
from services.webhooks import deliveries
from services.webhooks.delivery import Deliverer
from workers import context

log = structlog.get_logger(__name__)

Duty = Callable[[], object]

STOP_SECONDS = 3.0  # for webhooks under way to end


def main() -> None:
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    with context.app().app_context():
        settings = current_settings()
        janitor = Janitor(
            settings,
            prunes=(
                uploads.remove_leftovers,
                upload_pruning.prune,
                arrivals.settle_abandoned,
                settling.settle,
                audit.settle_abandoned,
                sign_ins.prune,
                links.prune,
                deliveries.prune,
                notices.prune,
                idempotency.prune,
            ),
        )
        deliverer = Deliverer()
        duties = (
            janitor.sweep,
            deliverer.deliver_due,
            pauses.resume_due,
            keeping.keep,
            ticking.tick,
            rollup.roll_up,
            metrics.count_moves,
            metrics.count_news,
            metrics.count_recovered,
            ExactCounts().keep,
            Watch().look,
            Courier(context.app()).deliver_due,
            beat,
        )
        while not stop.is_set():
            do_each(duties)
            stop.wait(settings.janitor_interval_seconds)
        deliverer.wait(STOP_SECONDS)


def beat() -> None:
    fleet.beat("janitor")


def do_each(duties: Iterable[Duty]) -> None:
    """One round. What goes wrong with one duty keeps none of the others from its turn."""
    for duty in duties:
        try:
            duty()
        except RedisError as e:
            log.warning("redis_unreachable", during=duty.__qualname__, error=str(e))
        except SQLAlchemyError as e:  # the database is away or busy: the next round tries again
            log.warning("duty_failed", duty=duty.__qualname__, error=str(e))
        except Exception:  # the janitor must outlive a mistake in one of its duties
            log.exception("duty_failed", duty=duty.__qualname__)
        finally:
            db.session.remove()


if __name__ == "__main__":
    main()
