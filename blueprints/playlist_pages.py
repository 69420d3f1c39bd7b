"""The pages of playlists."""

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_owner_id
from blueprints.library_owner import meant_owner
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from services import analysing
from services.library import membership, pages_read, playlists, queries

bp = Blueprint("playlists", __name__, url_prefix="/playlists")


@bp.get("")
def index() -> str:
    owner = meant_owner(request.args)
    page = queries.list_playlists(owner.id, cursor=request.args.get("cursor") or None)
    return render_template("playlists.html", page=page, name="", error=None, owner=owner)


@bp.post("")
def create() -> FormAnswer:
    owner_id, name = current_owner_id(), request.form.get("name", "")
    return answer_form(
        lambda: playlists.create_playlist(owner_id, name),
        then=lambda playlist: url_for(".show", playlist_id=playlist.id),
        again=lambda error: render_template(
            "playlists.html",
            page=queries.list_playlists(owner_id),
            name=name,
            error=error,
            owner=meant_owner(request.args),
        ),
    )


@bp.get(f"/<{ID}:playlist_id>")
def show(playlist_id: int) -> str:
    after_position = max(0, request.args.get("after", 0, type=int))
    page = pages_read.playlist_page(playlist_id, after_position=after_position)
    return render_template("playlist.html", page=page)


@bp.post(f"/<{ID}:playlist_id>/analyze")
def analyze(playlist_id: int) -> Response:
    with flashing("The playlist is being analyzed."):
        analysing.submit_playlist(playlist_id)
    return go_to(url_for(".show", playlist_id=playlist_id))


@bp.post(f"/<{ID}:playlist_id>/rename")
def rename(playlist_id: int) -> Response:
    with flashing("The playlist was renamed."):
        playlists.update_playlist(playlist_id, name=request.form.get("name", ""))
    return go_to(url_for(".show", playlist_id=playlist_id))


@bp.post(f"/<{ID}:playlist_id>/remove")
def remove(playlist_id: int) -> Response:
    with flashing("The song was taken out of the playlist."):
        membership.remove_place(playlist_id, request.form.get("position", 0, type=int))
    return go_to(url_for(".show", playlist_id=playlist_id, after=request.args.get("after")))


@bp.post(f"/<{ID}:playlist_id>/delete")
def delete(playlist_id: int) -> Response:
    with flashing("The playlist was deleted. Its songs are still in the library."):
        playlists.delete_playlist(playlist_id)
    return go_to(url_for(".index"))
