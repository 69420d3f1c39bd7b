"""Recordings, clips, posters and captions, to be played and downloaded.

They come through this server from whatever storage there is, rather than from addresses that the storage signs: those
would work for whoever learns them, and pages would have to let browsers ask another site for media.
"""

from collections.abc import Mapping

from flask import Blueprint, Response, request
from werkzeug.datastructures import ContentRange
from werkzeug.http import quote_etag

from services.episodes import served as episodes_served
from services.footage import served as footage_served
from services.media import stored
from services.media.served import Served
from services.videos import served as videos_served

bp = Blueprint("media", __name__, url_prefix="/media")

# A player that asks for all that follows reads as slowly as it plays, and would hold a thread for as long: it gets this
# much, and comes again. Whoever resumes a download gets all that it asks for.
PLAYER_BYTES = 4 * 1024 * 1024
PLAYERS = frozenset({"video", "audio"})


@bp.get("/episodes/<string(maxlength=80):episode_id>/<path:name>")
def episode_file(episode_id: str, name: str) -> Response:
    return _answer(episodes_served.of_episode(episode_id, name))


@bp.get("/clips/<int:clip_id>/<int:rendition_id>")
def clip_file(clip_id: int, rendition_id: int) -> Response:
    return _answer(episodes_served.of_rendition(clip_id, rendition_id, poster="poster" in request.args))


@bp.get("/footage/<footage_id:footage_id>/<path:name>")
def footage_file(footage_id: str, name: str) -> Response:
    return _answer(footage_served.of_footage(footage_id, name))


@bp.get("/videos/<string(maxlength=64):video_id>/<path:name>")
def video_file(video_id: str, name: str) -> Response:
    return _answer(videos_served.of_video(video_id, name))


def _answer(file: Served) -> Response:
    headers = {"Accept-Ranges": "bytes", "ETag": quote_etag(file.tag), "Content-Type": file.content_type}
    if file.tag in request.if_none_match or request.if_none_match.star_tag:
        return Response(status=304, headers=headers)
    wanted = _wanted_range(file)
    if wanted is None:
        return _part(file, 0, file.size_bytes, 200, headers)
    start, stop = wanted
    if start >= stop:
        return Response(status=416, headers=headers | {"Content-Range": f"bytes */{file.size_bytes}"})
    headers["Content-Range"] = ContentRange("bytes", start, stop, file.size_bytes).to_header()
    return _part(file, start, stop, 206, headers)


def _wanted_range(file: Served) -> tuple[int, int] | None:
    """(start, stop) of the bytes that are asked for; none to have all, and an empty one where there are no such bytes.

    Several ranges at once are answered with all, as RFC 9110 (14.2) allows.
    """
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1 or not _is_unchanged(file):
        return None
    found = asked.range_for_length(file.size_bytes)
    if found is None:
        return file.size_bytes, file.size_bytes
    start, stop = found
    is_player = request.headers.get("Sec-Fetch-Dest") in PLAYERS
    if is_player and asked.ranges[0][1] is None and start + PLAYER_BYTES < stop:
        stop = start + PLAYER_BYTES
    return start, stop


def _is_unchanged(file: Served) -> bool:
    """Whether `If-Range` allows a part: only of the very bytes of which the asker has the rest."""
    if "If-Range" not in request.headers:
        return True
    return request.if_range.etag == file.tag and not request.headers["If-Range"].startswith("W/")


def _part(file: Served, start: int, stop: int, status: int, headers: Mapping[str, str]) -> Response:
    body = stored.storage().open(file.key, start, stop) if request.method == "GET" else ()
    response = Response(body, status, dict(headers))
    response.content_length = stop - start
    if "download" in request.args or file.content_type == stored.UNKNOWN_TYPE:
        response.headers.set("Content-Disposition", "attachment", filename=_file_name(file.name))
    return response


def _file_name(name: str) -> str:
    """The name without what some file systems do not take in one."""
    return "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in name)[-150:].strip(" .")
