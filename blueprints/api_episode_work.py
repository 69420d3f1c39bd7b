"""Work on episodes for callers that wait, and the catalogue as such callers know it."""

from urllib.parse import quote

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from blueprints.actor import current_owner_id
from blueprints.async_api import taken_in
from blueprints.episodes_told import NO_EPISODE, clip_told, list_told
from blueprints.idempotent import idempotent
from blueprints.openapi import EPISODES, Answer, operation
from blueprints.schemas.async_api import TakenIn
from blueprints.schemas.episode_work import ClipList, Discovered, Processed, ProcessNow
from blueprints.schemas.episodes import EpisodeLine, EpisodePage, EpisodeQuery
from services.episodes import at_once, discover, orders, reads
from services.episodes.orders import Taken, Wishes
from services.episodes.stages import ENRICHED

bp = Blueprint("api_episode_work", __name__, url_prefix="/episodes")

PAGES = "/library/episodes"
CANNOT = {409: "Its file cannot be used or has not come, or the work failed; `message` says which."}


@bp.before_request
def show_people_the_page() -> Response | None:
    """Programs are answered here; who reads with a browser is led to the page of the same."""
    wanted = request.accept_mimetypes.best_match(["application/json", "text/html"])
    if request.method != "GET" or wanted != "text/html":
        return None
    episode_id = (request.view_args or {}).get("episode_id")
    return redirect(f"{PAGES}/{quote(episode_id)}" if episode_id else PAGES, 303)


@bp.get("")
@operation(EPISODES, EpisodePage, errors={404: "There is no such owner."})
def list_catalogue(query: EpisodeQuery) -> Answer:
    """List your episodes, the newest first, as `/api/episodes` does; for operators, anybody's."""
    return list_told(query)


@bp.post("/discover")
@idempotent
@operation(EPISODES, Discovered, errors={422: "The watched folder cannot be read."})
def discover_episodes() -> Answer:
    """Take in what is new in the watched folder and in the storage's inbox."""
    arrived = discover.discover(current_owner_id())
    lines = [EpisodeLine.model_validate(reads.get_episode(each.episode_id)) for each in arrived]
    return Discovered(found=len(lines), episodes=lines)


@bp.post("/<episode_id>/process")
@idempotent
@operation(EPISODES, Processed, errors=NO_EPISODE | CANNOT, others={202: TakenIn})
def process_episode_now(episode_id: str, json: ProcessNow) -> Answer:
    """Process an episode, and wait for it: for 25 s at most. Then a job takes over, and the answer says so (202)."""
    wishes = Wishes(current_owner_id(), force=json.force_reprocess)
    taken = orders.order_processing(episode_id, wishes, json.target_stage)
    return _done(episode_id, taken) if at_once.is_done(taken) else _taken_over(taken)


@bp.get("/<episode_id>/clips")
@operation(EPISODES, ClipList, errors=NO_EPISODE)
def list_clips(episode_id: str) -> Answer:
    """List the clips of an episode in the order in which they are spoken, with the files made of them."""
    return _clips(episode_id)


@bp.post("/<episode_id>/clips/discover")
@idempotent
@operation(EPISODES, ClipList, errors=NO_EPISODE | CANNOT, others={202: TakenIn})
def discover_clips(episode_id: str) -> Answer:
    """Find the passages that are worth a clip, if that was not done yet; after 25 s a job takes over (202)."""
    taken = orders.order_processing(episode_id, Wishes(current_owner_id()), ENRICHED)
    return _clips(episode_id) if at_once.is_done(taken) else _taken_over(taken)


def _taken_over(taken: Taken) -> Answer:
    over = Taken(taken.submission, "It takes longer than a request may, so a job has taken over; ask after that.")
    return taken_in(over)


def _done(episode_id: str, taken: Taken) -> Answer:
    stage = reads.get_episode(episode_id).stage
    told = {"job_id": taken.submission.job_id, "episode_id": episode_id, "stage": stage}
    return Processed.model_validate(told | {"message": f"The episode is {stage}."})


def _clips(episode_id: str) -> Answer:
    stage, clips = reads.get_episode(episode_id).stage, reads.clips_of(episode_id)
    return ClipList(episode_id=episode_id, stage=stage, clips=[clip_told(each) for each in clips])
