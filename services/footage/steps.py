"""The steps of the pipeline: which records each takes up, and which function does its work."""

from dataclasses import dataclass

from config import Settings
from errors import NotFound
from services.footage import states

FILE_INFO, THUMBNAILS, CREATE_FRAMES = "file_info", "thumbnails", "create_frames"
SCRAPE_URL, PROCESS_FRAMES, DESCRIBE = "scrape_url", "process_frames", "describe"


@dataclass(frozen=True, slots=True)
class PipelineStep:
    """A step; its name is also that of its limit in `FOOTAGE_AT_ONCE`, which holds for footage and frames together.

    `of_footage` and `of_frame` are dotted paths of what does the work on a record, `(id, Context) -> Done`; the job
    types that carry it to a worker are `footage_<name>` and, for frames, `footage_frame`.
    """

    number: int
    name: str
    label: str
    footage_at: tuple[str, ...]
    of_footage: str
    frames_at: tuple[str, ...] = ()
    of_frame: str | None = None

    @property
    def job_type(self) -> str:
        return f"footage_{self.name}"

    def at_once(self, settings: Settings) -> int:
        """How many of its jobs there may be in the whole fleet."""
        return settings.footage_at_once[self.name]


FRAME_JOB_TYPE = "footage_frame"
_WORK = "services.footage.work"

STEPS: tuple[PipelineStep, ...] = (
    PipelineStep(1, FILE_INFO, "File info", (states.PENDING_FILE_INFO,), f"{_WORK}.file_info.file_info"),
    PipelineStep(2, THUMBNAILS, "Thumbnails", (states.FILE_INFO_COMPLETE,), f"{_WORK}.thumbnails.thumbnails"),
    PipelineStep(
        3, CREATE_FRAMES, "Create frames", (states.THUMBNAILS_COMPLETE,), f"{_WORK}.create_frames.create_frames"
    ),
    # Those without an address and with good metadata go on to the next step as they are: `routing` decides.
    PipelineStep(4, SCRAPE_URL, "Scrape URL", (states.CREATING_FRAMES,), f"{_WORK}.scrape_url.scrape_url"),
    PipelineStep(
        5,
        PROCESS_FRAMES,
        "Process frames",
        (states.CREATING_FRAMES, states.SCRAPING_URL),
        f"{_WORK}.listen.listen",
        frames_at=states.UNFINISHED_FRAMES,
        of_frame=f"{_WORK}.process_frame.process_frame",
    ),
    PipelineStep(
        6,
        DESCRIBE,
        "Describe",
        (states.PROCESSING_FRAME_INFO, states.GENERATING_EMBEDDINGS),
        f"{_WORK}.describe.describe",
    ),
)
BY_NAME = {step.name: step for step in STEPS}


def step_of(name: str) -> PipelineStep:
    """:raise NotFound: if there is no such step."""
    try:
        return BY_NAME[name]
    except KeyError:
        raise NotFound(f"There is no step {name[:60]!r}.", details={"allowed": list(BY_NAME)}) from None
