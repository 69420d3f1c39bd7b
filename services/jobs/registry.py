"""The table of job types: what each is called, where it runs, how long it may take and how often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from errors import NotFound

# What operators have done to other jobs waits in `system`, since it must not stand behind the jobs that it is about.
SYSTEM, HIGH, DEFAULT, LOW = "system", "high", "default", "low"
QUEUES = (SYSTEM, HIGH, DEFAULT, LOW)  # in the order in which workers serve them
PRIORITIES = (HIGH, DEFAULT, LOW)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a job: its name for machines, its label for people, its share of the bar."""

    name: str
    label: str
    weight: float


@dataclass(frozen=True, slots=True)
class JobType:
    """How a type of job is run.

    `task` and `gather` are dotted paths, so that nothing here imports the workers. A `short` job is done in about a
    second, so a worker process that is up does several. `gather` makes a parent's result once its children are over.
    `ended(session, job_id, status)` is called in the transaction that ends a job of the type that is no child, and
    `afterwards()` in the worker once an attempt is over and committed, whatever came of it; a crash may skip that.
    `prepare()` loads what jobs of the type need in memory, in the worker before it forks for the first of them.
    `in_pipeline`: one step of a record that moves by itself. Nobody is told of the end of such a job.
    `not_retryable`: why jobs of the type are never started over, and what to do instead, for people.
    """

    name: str
    label: str
    task: str
    queue: str
    steps: tuple[Step, ...]
    time_limit_seconds: float
    max_attempts: int = 5
    short: bool = False
    gather: str | None = None
    ended: str | None = None
    afterwards: str | None = None
    prepare: str | None = None
    in_pipeline: bool = False
    not_retryable: str | None = None

    def step_label(self, name: str) -> str:
        return next((step.label for step in self.steps if step.name == name), "")

    @property
    def has_children(self) -> bool:
        return self.gather is not None


COMPLETE = Step("complete", "Complete", 0)
_SONGS_STEPS = (Step("preparing", "Collecting the songs", 2), Step("analyzing", "Analyzing the songs", 98), COMPLETE)

# One operation on many jobs: nothing of this kind is among the jobs that it is done to.
BULK_ACTION = "bulk_action"

# Short jobs are done at each other's rings, so those of one queue may take equally long.
_FRAME_SECONDS = 900.0

# Its cycles belong to times that have passed: started over, all would be due at once.
_SESSION_IS_OVER = "The time of this session of footage autolog has passed; start a new session instead."


def _footage_step(
    name: str,
    label: str,
    doing: str,
    *,
    time_limit_seconds: float = _FRAME_SECONDS,
    short: bool = True,
    prepare: str | None = None,
) -> JobType:
    """A step of the footage pipeline; `doing` is what people are told while it goes on."""
    return JobType(
        name=f"footage_{name}",
        label=label,
        task=f"workers.tasks.footage_{name}",
        queue=DEFAULT,
        steps=(Step("working", doing, 100), COMPLETE),
        time_limit_seconds=time_limit_seconds,
        short=short,
        ended="workers.tasks.footage_step_ended",
        afterwards="workers.tasks.footage_place_freed",
        prepare=prepare,
        in_pipeline=True,
        not_retryable="This is a step of a record that is taken up again by itself; retry the record, not its job.",
    )


JOB_TYPES: dict[str, JobType] = {
    job_type.name: job_type
    for job_type in (
        JobType(
            name="analyze_song",
            label="Analyze a song",
            task="workers.tasks.analyze_song",
            prepare="services.analysing.prepare",
            queue=HIGH,
            steps=(
                Step("starting", "Starting", 2),
                Step("fetching_lyrics", "Looking for the lyrics", 58),
                Step("analyzing", "Reading the lyrics", 40),
                COMPLETE,
            ),
            time_limit_seconds=120,
            short=True,
        ),
        JobType(
            name="analyze_playlist",
            label="Analyze a playlist",
            task="workers.tasks.analyze_playlist",
            gather="workers.tasks.gather_songs",
            queue=DEFAULT,
            steps=_SONGS_STEPS,
            time_limit_seconds=600,
        ),
        JobType(
            name="analyze_library",
            label="Analyze the whole library",
            task="workers.tasks.analyze_library",
            gather="workers.tasks.gather_songs",
            queue=LOW,
            steps=_SONGS_STEPS,
            time_limit_seconds=600,
        ),
        JobType(
            name="analyze_new_songs",
            label="Analyze new songs",
            task="workers.tasks.analyze_new_songs",
            gather="workers.tasks.gather_songs",
            queue=LOW,
            steps=_SONGS_STEPS,
            time_limit_seconds=600,
        ),
        JobType(
            name="prune_history",
            label="Clean up",
            task="workers.tasks.prune_history",
            queue=SYSTEM,
            steps=(Step("forgetting", "Forgetting what is too old", 100), COMPLETE),
            time_limit_seconds=3600,
        ),
        JobType(
            name="import_media",
            label="Import files",
            task="workers.tasks.import_media",
            queue=HIGH,
            steps=(
                Step("reading", "Reading the files", 90),
                Step("saving", "Building the playlists", 10),
                COMPLETE,
            ),
            time_limit_seconds=3600,
        ),
        JobType(
            name="take_in_episode",
            label="Take in an episode",
            task="workers.tasks.take_in_episode",
            queue=DEFAULT,
            steps=(
                Step("fetching", "Getting the file", 60),
                Step("checking", "Looking into the file", 5),
                Step("storing", "Keeping the file", 35),
                COMPLETE,
            ),
            time_limit_seconds=6 * 3600,
        ),
        JobType(
            name="discover_episodes",
            label="Discover episodes",
            task="workers.tasks.discover_episodes",
            queue=DEFAULT,
            steps=(Step("looking", "Looking for new recordings", 100), COMPLETE),
            time_limit_seconds=600,
        ),
        JobType(
            name="process_episode",
            label="Process an episode",
            task="workers.tasks.process_episode",
            queue=DEFAULT,
            steps=(
                Step("transcribing", "Listening to what is said", 60),
                Step("enriching", "Finding what is worth a clip", 15),
                Step("rendering", "Making it ready for the web", 25),
                COMPLETE,
            ),
            time_limit_seconds=12 * 3600,
        ),
        JobType(
            name="render_clips",
            label="Make clips",
            task="workers.tasks.render_clips",
            gather="workers.tasks.gather_clips",
            queue=DEFAULT,
            steps=(Step("preparing", "Collecting the clips", 2), Step("rendering", "Making the files", 98), COMPLETE),
            time_limit_seconds=600,
        ),
        JobType(
            name="render_clip",
            label="Make a file of a clip",
            task="workers.tasks.render_clip",
            queue=DEFAULT,
            steps=(Step("rendering", "Cutting the clip", 100), COMPLETE),
            time_limit_seconds=3600,
        ),
        JobType(
            name="footage_session",
            label="Footage autolog",
            task="workers.tasks.footage_session",
            gather="workers.tasks.gather_footage_session",
            ended="workers.tasks.footage_session_ended",
            queue=SYSTEM,
            steps=(Step("planning", "Planning the cycles", 1), Step("polling", "Moving what can move", 99), COMPLETE),
            time_limit_seconds=600,
            not_retryable=_SESSION_IS_OVER,
        ),
        JobType(
            name="footage_cycle",
            label="A cycle of footage autolog",
            task="workers.tasks.footage_cycle",
            queue=SYSTEM,
            steps=(Step("looking", "Looking for what can move", 100), COMPLETE),
            time_limit_seconds=120,
            short=True,
            not_retryable=_SESSION_IS_OVER,
        ),
        _footage_step(
            "file_info",
            "Footage: file info",
            "Getting the file and looking into it",
            time_limit_seconds=6 * 3600,
            short=False,
        ),
        _footage_step(
            "thumbnails", "Footage: thumbnails", "Making the poster and the sheet", time_limit_seconds=3600, short=False
        ),
        _footage_step(
            "create_frames",
            "Footage: create frames",
            "Looking for telling moments",
            time_limit_seconds=3600,
            short=False,
        ),
        _footage_step("scrape_url", "Footage: scrape URL", "Reading its page"),
        _footage_step(
            "process_frames",
            "Footage: listen",
            "Listening to what is said",
            time_limit_seconds=12 * 3600,
            short=False,
        ),
        _footage_step(
            "frame",
            "Footage: a frame",
            "Looking at the picture",
            prepare="services.footage.work.process_frame.prepare",
        ),
        _footage_step("describe", "Footage: describe", "Putting it into words and numbers"),
        JobType(
            name="tend_render",
            label="Look after a render",
            task="workers.tasks.tend_render",
            queue=DEFAULT,
            steps=(Step("asking", "Asking the renderer", 100), COMPLETE),
            time_limit_seconds=60,
        ),
        JobType(
            name="check_renders",
            label="Look for outputs of renders",
            task="workers.tasks.check_renders",
            queue=SYSTEM,
            steps=(Step("looking", "Looking for what has been made", 100), COMPLETE),
            time_limit_seconds=1800,
        ),
        JobType(
            name="copy_render",
            label="Copy what was rendered",
            task="workers.tasks.copy_render",
            queue=LOW,
            steps=(Step("fetching", "Getting the file", 60), Step("storing", "Keeping the file", 40), COMPLETE),
            time_limit_seconds=6 * 3600,
        ),
        JobType(
            name="process_video",
            label="Process a video",
            task="workers.tasks.process_video",
            ended="workers.tasks.video_run_ended",
            queue=DEFAULT,
            steps=(
                Step("checking", "Looking into the file", 10),
                Step("storing", "Keeping the file", 15),
                Step("picturing", "Making the poster and the preview", 15),
                Step("rendering", "Making it ready for the web", 60),
                COMPLETE,
            ),
            time_limit_seconds=12 * 3600,
        ),
        JobType(
            name="recover_videos",
            label="Recover stuck videos",
            task="workers.tasks.recover_videos",
            queue=SYSTEM,
            steps=(Step("looking", "Looking for videos that nobody has picked up", 100), COMPLETE),
            time_limit_seconds=900,
        ),
        JobType(
            name=BULK_ACTION,
            label="Act on many jobs",
            task="workers.tasks.act_on_many",
            queue=SYSTEM,
            steps=(Step("counting", "Counting the jobs", 2), Step("acting", "Going through the jobs", 98), COMPLETE),
            time_limit_seconds=3600,
        ),
    )
}


def label_of(type_name: str) -> str:
    """What people call a type of job, also one that an older or newer release left in the database."""
    kind = JOB_TYPES.get(type_name)
    return kind.label if kind else type_name


def has_children(type_name: str) -> bool:
    """Whether jobs of that type have their work done by children, made already or not."""
    kind = JOB_TYPES.get(type_name)
    return kind is not None and kind.has_children


def is_in_pipeline(type_name: str) -> bool:
    """Whether jobs of that type are steps of a record that moves by itself."""
    kind = JOB_TYPES.get(type_name)
    return kind is not None and kind.in_pipeline


def not_retryable() -> list[str]:
    """The types whose jobs are never started over."""
    return [kind.name for kind in JOB_TYPES.values() if kind.not_retryable is not None]


def is_retryable(type_name: str) -> bool:
    """Whether jobs of that type may be started over; those of a type that this release does not have may not."""
    kind = JOB_TYPES.get(type_name)
    return kind is not None and kind.not_retryable is None


def job_type(name: str) -> JobType:
    """The type of that name.

    :raise NotFound: if there is none; `details` names those that there are.
    """
    try:
        return JOB_TYPES[name]
    except KeyError:
        raise NotFound(f"There is no job type {name!r}.", details={"allowed": sorted(JOB_TYPES)}) from None


def resolve(dotted_path: str) -> Callable[..., Any]:
    """The function that a dotted path of this table names."""
    module, _, name = dotted_path.rpartition(".")
    function: Callable[..., Any] = getattr(import_module(module), name)
    return function
