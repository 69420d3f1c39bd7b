"""The pages: the library, imports and jobs; those of songs, playlists, episodes, footage and videos are beside it."""

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from blueprints import episode_pages, footage_pages, labels, playlist_pages, song_pages, video_pages
from blueprints.actor import current_actor, current_owner_id
from blueprints.job_ids import refuse_what_is_no_job_id
from blueprints.library_owner import meant_owner
from blueprints.page_forms import JOB_ID, FormAnswer, answer_form, flashing, go_to
from services import analysing, uploads
from services.jobs import commands, listing, states
from services.library import import_reports, pages_read
from services.library.pages_read import LibraryQuery

bp = Blueprint("pages", __name__)
bp.register_blueprint(song_pages.bp)
bp.register_blueprint(playlist_pages.bp)
bp.register_blueprint(episode_pages.bp)
bp.register_blueprint(footage_pages.bp)
bp.register_blueprint(video_pages.bp)
bp.before_request(refuse_what_is_no_job_id)
bp.record_once(lambda state: labels.init_app(state.app))


@bp.get("/")
def library() -> str:
    query = LibraryQuery(
        q=request.args.get("q", "").strip(),
        rating=request.args.get("rating", ""),
        sort=request.args.get("sort", "title"),
        cursor=request.args.get("cursor", ""),
    )
    owner = meant_owner(request.args)
    return render_template("library.html", page=pages_read.library_page(owner.id, query), owner=owner)


@bp.post("/library/analyze")
def analyze_library() -> Response:
    owner = meant_owner(request.form)
    with flashing("The whole library is being analyzed in the background. You can leave this page."):
        analysing.submit_library(owner.id)
    return go_to(url_for(".library", owner=request.form.get("owner")))


@bp.get("/import")
def import_form() -> str:
    return render_template("import.html", recent=import_reports.recent_imports(current_owner_id()), error=None)


@bp.post("/import")
def import_files() -> FormAnswer:
    owner_id = current_owner_id()
    files: list[uploads.Upload] = [*request.files.getlist("files")]
    return answer_form(
        lambda: uploads.submit_import(owner_id, files),
        then=lambda submission: url_for(".import_report", job_id=submission.job_id),
        again=lambda error: render_template("import.html", recent=import_reports.recent_imports(owner_id), error=error),
    )


@bp.get(f"/import/<{JOB_ID}:job_id>")
def import_report(job_id: str) -> str:
    outcome, after_id = request.args.get("outcome", ""), request.args.get("after", 0, type=int)
    page = import_reports.import_report(job_id, outcome=outcome, after_id=after_id)
    return render_template("import_report.html", page=page, is_live=page.job.status in states.LIVE)


@bp.get(f"/jobs/<{JOB_ID}:job_id>")
def job(job_id: str) -> str:
    return render_template("job.html", job=listing.status(job_id))


@bp.post(f"/jobs/<{JOB_ID}:job_id>/cancel")
def cancel_job(job_id: str) -> Response:
    with flashing("The job is being canceled."):
        commands.cancel(job_id, current_actor())
    return go_to(url_for(".job", job_id=job_id))


@bp.post(f"/jobs/<{JOB_ID}:job_id>/retry")
def retry_job(job_id: str) -> Response:
    with flashing("The job starts over."):
        commands.retry(job_id, current_actor())
    return go_to(url_for(".job", job_id=job_id))


@bp.post(f"/jobs/<{JOB_ID}:job_id>/delete")
def delete_job(job_id: str) -> FormAnswer:
    return answer_form(
        lambda: commands.delete(job_id, current_actor()),
        then=lambda _: _told("The job was deleted.", url_for("admin.jobs.index")),
        again=lambda error: render_template("job.html", job=listing.status(job_id), refusal=error.message),
    )


def _told(news: str, address: str) -> str:
    flash(news, "success")
    return address
