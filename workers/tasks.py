"""What jobs do: one plain function for each type, each a call of a service, each safe to run twice."""

from typing import Any

from sqlalchemy.orm import Session

from models import Job
from services import analysing, uploads
from services.bulk import run as bulk_run
from services.episodes import arrivals, discover, process, render
from services.footage import cycles, dispatch, ended, running, sessions
from services.jobs.work import FanOut, Outcome, Work
from services.renders import copying, cycle, tending
from services.schedules import clean_up
from services.videos import processing, recovery, runs


def analyze_song(work: Work) -> Outcome:
    return analysing.analyze_song(work.target_id, work)


def analyze_playlist(work: Work) -> FanOut:
    return analysing.fan_out_playlist(work.target_id)


def analyze_library(work: Work) -> FanOut:
    return analysing.fan_out_library(work.target_id)


def analyze_new_songs(work: Work) -> FanOut:
    return analysing.fan_out_new_songs(work.target_id)


def gather_songs(parent: Job) -> tuple[dict[str, Any], str | None]:
    return analysing.summarise_children(parent)


def import_media(work: Work) -> Outcome:
    return uploads.import_upload(work)


def take_in_episode(work: Work) -> Outcome:
    return arrivals.take_in(work)


def discover_episodes(work: Work) -> Outcome:
    return discover.run(work)


def process_episode(work: Work) -> Outcome:
    return process.process_episode(work.job.target_id or "", work)


def render_clips(work: Work) -> FanOut:
    return render.fan_out(work.job.target_id or "", work)


def render_clip(work: Work) -> Outcome:
    return render.render_clip(work)


def gather_clips(parent: Job) -> tuple[dict[str, Any], str | None]:
    return render.gather(parent)


def tend_render(work: Work) -> Outcome:
    return tending.tend(work)


def check_renders(work: Work) -> Outcome:
    return cycle.run(work)


def copy_render(work: Work) -> Outcome:
    return copying.copy(work)


def process_video(work: Work) -> Outcome:
    return processing.process(work)


def video_run_ended(session: Session, job_id: str, status: str) -> None:
    runs.run_ended(session, job_id, status)


def recover_videos(work: Work) -> Outcome:
    return recovery.recover(work)


def act_on_many(work: Work) -> Outcome:
    return bulk_run.act_on_many(work)


def prune_history(work: Work) -> Outcome:
    return clean_up.run(work)


def footage_session(_: Work) -> FanOut:
    return sessions.fan_out()


def gather_footage_session(parent: Job) -> tuple[dict[str, Any], str | None]:
    return sessions.gather(parent)


def footage_session_ended(session: Session, job_id: str, status: str) -> None:
    sessions.session_ended(session, job_id, status)


def footage_cycle(work: Work) -> Outcome:
    return cycles.run(work)


def footage_file_info(work: Work) -> Outcome:
    return running.run(work)


def footage_thumbnails(work: Work) -> Outcome:
    return running.run(work)


def footage_create_frames(work: Work) -> Outcome:
    return running.run(work)


def footage_scrape_url(work: Work) -> Outcome:
    return running.run(work)


def footage_process_frames(work: Work) -> Outcome:
    return running.run(work)


def footage_frame(work: Work) -> Outcome:
    return running.run(work)


def footage_describe(work: Work) -> Outcome:
    return running.run(work)


def footage_step_ended(session: Session, job_id: str, status: str) -> None:
    ended.step_ended(session, job_id, status)


def footage_place_freed() -> None:
    dispatch.place_freed()
