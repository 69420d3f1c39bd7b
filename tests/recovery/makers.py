"""Things of each kind, stuck for some reason."""

from sqlalchemy import update

import clock
from extensions import db_now, transaction
from models import Footage, Job, WebhookDelivery
from services.footage import states
from services.jobs.submit import submit
from services.library import users
from services.webhooks import deliveries, endpoints
from tests.pages.footage_rows import footage

DAY = 86_400.0


def lost_job(title: str = "Left lying") -> str:
    """Its worker is gone, and nobody has taken it over."""
    job_id = submit("import_media", title=title).job_id
    lost = {"status": "started", "lease_owner": "gone", "lease_until": db_now() - 60}
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(**lost))
    return job_id


def failed_footage(footage_id: str = "AF0001") -> str:
    error = {"error_code": "not_a_video", "error": "It is no video."}
    return footage(footage_id, status=states.FAILED, resume_status=states.PENDING_FILE_INFO, failures=5, **error)


def footage_at(status: str, footage_id: str = "AF0002", *, for_seconds: float = 3 * 3600.0, **values: object) -> str:
    """A record that came to that status so long ago."""
    return footage(footage_id, status=status, entered_at=clock.now() - for_seconds, **values)


def message(*, url: str = "https://8.8.8.8/hook?key=secret", **values: object) -> int:
    """A message to a webhook, with these columns."""
    endpoint = endpoints.create(users.default_owner().id, url, actor="test")[0]
    delivery_id = deliveries.send_test(endpoint.id, actor="test").id
    with transaction() as session:
        session.execute(update(WebhookDelivery).where(WebhookDelivery.id == delivery_id).values(**values))
    return delivery_id


def given_up_message(*, ago_seconds: float = 3600.0) -> int:
    return message(state="failed", tries=10, last_code=500, due_at=clock.now() - ago_seconds)


def many_failed_footage(number: int) -> None:
    owner_id, now = users.default_owner().id, clock.now()
    with transaction() as session:
        for n in range(number):
            session.add(
                Footage(
                    id=f"AF{n + 1000}",
                    owner_id=owner_id,
                    status=states.FAILED,
                    resume_status=states.PENDING_FILE_INFO,
                    source=f"/{n}.mp4",
                    entered_at=now - n,
                    created_at=now,
                    updated_at=now,
                )
            )
