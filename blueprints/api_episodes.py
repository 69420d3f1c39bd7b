"""Episodes: added, listed, renamed, deleted."""

from flask import Blueprint, request

from blueprints.accepted import accepted
from blueprints.actor import current_owner_id
from blueprints.episodes_told import NO_EPISODE, list_told, told
from blueprints.idempotent import idempotent
from blueprints.openapi import EPISODES, Answer, operation
from blueprints.parsing import MULTIPART
from blueprints.schemas.episodes import (
    EpisodeAccepted,
    EpisodeAnswer,
    EpisodeChanges,
    EpisodeForm,
    EpisodeGone,
    EpisodeLine,
    EpisodePage,
    EpisodeQuery,
    EpisodeTitle,
    NewEpisode,
)
from errors import InvalidInput
from services.access.openness import is_open
from services.episodes import arrivals, catalogue, reads
from services.episodes.arrivals import Arrival

bp = Blueprint("api_episodes", __name__, url_prefix="/api/episodes")

TAKEN = {409: "The id is taken, or the file is an episode already; `details.id` is that one."}


@bp.get("")
@operation(EPISODES, EpisodePage, errors={404: "There is no such owner."})
def list_episodes(query: EpisodeQuery) -> Answer:
    """List your episodes, the newest first; for operators, anybody's."""
    return list_told(query)


@bp.post("")
@idempotent
@operation(EPISODES, EpisodeAccepted, status=202, errors=TAKEN)
def add_episode(json: NewEpisode, form: EpisodeForm) -> Answer:
    """Add an episode: as a form with the file, or as JSON with the path or address that it is got from.

    Its file is looked into by the job; what is the matter with one that is of no use, the episode tells.
    """
    arrival = _sent(form) if request.mimetype == MULTIPART else _named(json)
    answer, status, headers = accepted(arrival.submission)
    line = EpisodeLine.model_validate(reads.get_episode(arrival.episode_id))
    return EpisodeAccepted(**answer.model_dump(), episode=line), status, headers


def _sent(form: EpisodeForm) -> Arrival:
    return arrivals.take_upload(current_owner_id(), form.file, title=form.title or "", episode_id=form.id)


def _named(wanted: NewEpisode) -> Arrival:
    """:raise InvalidInput: unless there is either a path or an address."""
    owner_id, title = current_owner_id(), wanted.title or ""
    if wanted.path is not None and wanted.url is None:
        return arrivals.take_path(owner_id, wanted.path, anywhere=is_open(), title=title, episode_id=wanted.id)
    if wanted.url is not None and wanted.path is None:
        return arrivals.take_url(owner_id, wanted.url, title=title, episode_id=wanted.id)
    allowed = "send a file as a form, or either “path” or “url” as JSON"
    raise InvalidInput(f"It is not clear where the episode comes from: {allowed}.", details={"url": allowed})


@bp.get("/<episode_id>")
@operation(EPISODES, EpisodeAnswer, errors=NO_EPISODE)
def get_episode(episode_id: str) -> Answer:
    """Get an episode with its stage, transcript, clips, and where its files are."""
    return told(reads.episode_page(episode_id))


@bp.patch("/<episode_id>")
@operation(EPISODES, EpisodeTitle, errors=NO_EPISODE)
def change_episode(episode_id: str, json: EpisodeChanges) -> Answer:
    """Rename an episode; its id stays."""
    return EpisodeTitle.model_validate(catalogue.change(episode_id, **json.model_dump(exclude_none=True)))


@bp.delete("/<episode_id>")
@operation(EPISODES, EpisodeGone, errors=NO_EPISODE | {409: "A job is at work on it."})
def delete_episode(episode_id: str) -> Answer:
    """Delete an episode with its transcript, its clips and all files."""
    catalogue.delete(episode_id)
    return EpisodeGone(id=episode_id)
