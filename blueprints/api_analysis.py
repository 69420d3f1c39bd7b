"""Starting the analysis of a song, a playlist, or all that a user has."""

from flask import Blueprint

from blueprints.accepted import accepted
from blueprints.idempotent import idempotent
from blueprints.openapi import ANALYSIS, Answer, operation
from blueprints.schemas.jobs import Accepted
from services import analysing

bp = Blueprint("api_analysis", __name__, url_prefix="/api")


@bp.post("/songs/<int:song_id>/analyze")
@idempotent
@operation(ANALYSIS, Accepted, status=202, errors={404: "There is no such song."})
def analyze_song(song_id: int) -> Answer:
    """Analyze a song; asking again while it runs answers the same job."""
    return accepted(analysing.submit_song(song_id))


@bp.post("/playlists/<int:playlist_id>/analyze")
@idempotent
@operation(ANALYSIS, Accepted, status=202, errors={404: "There is no such playlist.", 409: "It has no songs."})
def analyze_playlist(playlist_id: int) -> Answer:
    """Analyze the songs of a playlist: one job, with a child for each song."""
    return accepted(analysing.submit_playlist(playlist_id))


@bp.post("/users/<int:user_id>/analyze")
@idempotent
@operation(ANALYSIS, Accepted, status=202, errors={404: "There is no such user.", 409: "They have no songs."})
def analyze_library(user_id: int) -> Answer:
    """Analyze all songs that a user has, in the background."""
    return accepted(analysing.submit_library(user_id))
