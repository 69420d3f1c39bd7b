from flask.testing import FlaskClient
from sqlalchemy import select

from extensions import db
from models import AuditEntry
from services.analysing import submit_song
from tests.conftest import MakeSong


def test_what_is_done_on_a_persons_page_is_written_down_too(client: FlaskClient, make_song: MakeSong) -> None:
    job_id = submit_song(make_song().id).job_id
    for action in ("cancel", "retry", "cancel", "delete"):
        client.post(f"/jobs/{job_id}/{action}")
    done = db.session.scalars(select(AuditEntry.action).where(AuditEntry.target_id == job_id).order_by(AuditEntry.id))
    assert list(done) == ["cancel", "retry", "cancel", "delete"]
