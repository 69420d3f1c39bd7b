"""The pages of one song: its result, its forms, and its line in the library."""

from dataclasses import asdict, dataclass
from functools import partial

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints.actor import current_identity, current_owner_id
from blueprints.page_forms import ID, FormAnswer, answer_form, flashing, go_to
from errors import BackbeatError
from models import Song
from services import analysing
from services.access.ownership import refuse_foreign
from services.library import membership, pages_read, songs

bp = Blueprint("songs", __name__, url_prefix="/songs")


@dataclass(frozen=True, slots=True)
class SongForm:
    """What the form of a song holds."""

    title: str = ""
    artist: str = ""
    album: str = ""
    lyrics: str = ""

    @classmethod
    def sent(cls) -> "SongForm":
        return cls(*(request.form.get(name, "") for name in ("title", "artist", "album", "lyrics")))


@bp.get("/new")
def new() -> str:
    return render_template("song_form.html", song=None, form=SongForm(), error=None)


@bp.post("/new")
def create() -> FormAnswer:
    form, owner_id = SongForm.sent(), current_owner_id()
    return answer_form(
        lambda: songs.create_song(owner_id, **asdict(form)),
        then=_after_create,
        again=lambda error: render_template("song_form.html", song=None, form=form, error=error),
    )


def _after_create(song: Song) -> str:
    if request.form.get("then") == "analyze":
        analysing.submit_song(song.id)
    flash(f"“{song.title}” is in the library.", "success")
    return url_for(".show", song_id=song.id)


@bp.get(f"/<{ID}:song_id>")
def show(song_id: int) -> str:
    page = pages_read.song_page(song_id, request.args.get("analysis", type=int))
    return render_template("song.html", page=page)


@bp.get(f"/<{ID}:song_id>/row")
def row(song_id: int) -> str:
    """The song's line in the library alone, to replace one that is out of date."""
    return render_template("song_row.html", row=pages_read.song_row(song_id))


@bp.get(f"/<{ID}:song_id>/edit")
def edit(song_id: int) -> str:
    song = songs.get_song(song_id)
    form = SongForm(song.title, song.artist, song.album, song.lyrics or "")
    return render_template("song_form.html", song=song, form=form, error=None)


@bp.post(f"/<{ID}:song_id>/edit")
def update(song_id: int) -> FormAnswer:
    form = SongForm.sent()
    return answer_form(
        lambda: songs.update_song(song_id, **asdict(form)),
        then=lambda _: url_for(".show", song_id=song_id),
        again=partial(_edit_again, song_id, form),
    )


def _edit_again(song_id: int, form: SongForm, error: BackbeatError) -> str:
    return render_template("song_form.html", song=songs.get_song(song_id), form=form, error=error)


@bp.post(f"/<{ID}:song_id>/analyze")
def analyze(song_id: int) -> Response:
    with flashing("The song is being analyzed."):
        analysing.submit_song(song_id)
    return go_to(url_for(".show", song_id=song_id))


@bp.post(f"/<{ID}:song_id>/lyrics")
def paste_lyrics(song_id: int) -> Response:
    with flashing("The lyrics were saved and are being analyzed."):
        songs.update_song(song_id, lyrics=request.form.get("lyrics", ""))
        analysing.submit_song(song_id)
    return go_to(url_for(".show", song_id=song_id))


@bp.post(f"/<{ID}:song_id>/playlists")
def add_to_playlist(song_id: int) -> Response:
    playlist_id = request.form.get("playlist_id", 0, type=int)
    refuse_foreign(current_identity(), "playlist", playlist_id)
    with flashing("The song was added to the playlist."):
        membership.add_song(playlist_id, song_id)
    return go_to(url_for(".show", song_id=song_id))


@bp.post(f"/<{ID}:song_id>/delete")
def delete(song_id: int) -> Response:
    with flashing("The song was deleted."):
        songs.delete_song(song_id)
    return go_to(url_for("pages.library"))
