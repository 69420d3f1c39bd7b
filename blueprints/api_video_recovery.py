"""Looking for stuck videos now: for operators, and for those who schedule it elsewhere."""

from flask import Blueprint

from blueprints.actor import current_actor
from blueprints.openapi import VIDEOS, Answer, operation
from blueprints.schemas.video_recovery import RecoveryTold
from services.videos.recover_now import recover_now

bp = Blueprint("api_video_recovery", __name__, url_prefix="/internal")


@bp.post("/process-new-videos/trigger")
@operation(VIDEOS, RecoveryTold, others={202: RecoveryTold})
def trigger_process_new_videos() -> Answer:
    """Start stuck videos again: 200 once that is done, 202 if it goes on for more than 20 seconds, or did already."""
    told = recover_now(by=current_actor())
    headers = {} if told.is_over else {"Retry-After": "5", "Location": f"/api/jobs/{told.run_id}/status"}
    return RecoveryTold.model_validate(told), 200 if told.is_over else 202, headers
