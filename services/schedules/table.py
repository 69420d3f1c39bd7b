"""The table of schedules: what each is called, when it runs, and which job it starts."""

from collections.abc import Callable
from dataclasses import dataclass

from config import Settings
from errors import NotFound
from extensions import current_settings
from services import analysing
from services.episodes import discover
from services.footage import sessions
from services.jobs.submit import Submission, submit
from services.library.users import default_owner
from services.renders import cycle
from services.videos import recovery


@dataclass(frozen=True, slots=True)
class Line:
    """`times` is a cron expression of five fields in UTC. `start` submits the job under the id that it is given.

    `is_paused` says how it begins; from then on operators decide. Both may come from the settings.
    """

    name: str
    label: str
    about: str
    times: str | Callable[[Settings], str]
    start: Callable[[str], Submission]
    is_paused: bool | Callable[[Settings], bool] = False

    @property
    def cron(self) -> str:
        return self.times if isinstance(self.times, str) else self.times(current_settings())

    @property
    def begins_paused(self) -> bool:
        return self.is_paused if isinstance(self.is_paused, bool) else self.is_paused(current_settings())


def _clean_up(job_id: str) -> Submission:
    return submit("prune_history", target_type="schedule", target_id="clean_up", title="Clean up", job_id=job_id)


def _analyze_new_songs(job_id: str) -> Submission:
    return analysing.submit_new_songs(default_owner().id, job_id=job_id)


def _discover_episodes(job_id: str) -> Submission:
    return discover.submit_discovery(default_owner().id, job_id=job_id)


def _footage_autolog(job_id: str) -> Submission:
    return sessions.begin(default_owner().id, job_id)


def _recover_videos(job_id: str) -> Submission:
    return recovery.submit_run(job_id)


SCHEDULES: dict[str, Line] = {
    line.name: line
    for line in (
        Line(
            "clean_up",
            "Clean up",
            "Forgets old history, audit entries and live progress that nobody needs any more.",
            "15 3 * * *",
            _clean_up,
        ),
        Line(
            "analyze_new_songs",
            "Analyze new songs",
            "Analyzes those songs of the library that nobody has analyzed yet, in the background.",
            "0 2 * * *",
            _analyze_new_songs,
            is_paused=True,
        ),
        Line(
            "discover_episodes",
            "Discover episodes",
            "Takes in what is new in the folder that WATCH_DIR names, and in the storage's inbox.",
            "*/10 * * * *",
            _discover_episodes,
            is_paused=True,
        ),
        Line(
            "footage_autolog",
            "Footage autolog",
            "Brings footage as far as it goes: a session that looks at each record's status and moves what can move. "
            "While one is live no other is begun.",
            # Often, so that the next session follows upon one however long that was.
            "*/5 * * * *",
            _footage_autolog,
            is_paused=True,
        ),
        Line(
            recovery.SCHEDULE,
            "Recover stuck videos",
            "Starts videos again that wait and that nobody has picked up, each once. Those whose upload still grows, "
            "or of which a run is live or ended lately, are left alone.",
            "*/15 * * * *",
            _recover_videos,
        ),
        Line(
            cycle.SCHEDULE,
            "Look for renders",
            "Looks whether what the outside renderer was asked for has been made, since its call may be lost. Begins "
            "paused where POLLING_ENABLED is false; POLLING_INTERVAL_MINUTES is how often it looks.",
            cycle.cron,
            cycle.submit_cycle,
            is_paused=cycle.is_off,
        ),
    )
}


def line_of(name: str) -> Line:
    """:raise NotFound: if there is no such schedule."""
    try:
        return SCHEDULES[name]
    except KeyError:
        raise NotFound(f"There is no schedule {name[:60]!r}.", code="no_such_schedule") from None
