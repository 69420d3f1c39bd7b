"""A made-up archive of footage as it is after the pipeline, to search in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import clock
from config import Settings
from extensions import transaction
from models import Footage, Frame
from services import embedding
from services.footage import states, telling


@dataclass(frozen=True, slots=True)
class Clip:
    """`frames` are a caption and what is said; captions that begin with `=` are lines read in the picture."""

    title: str
    description: str = ""
    keywords: tuple[str, ...] = ()
    frames: tuple[tuple[str, str], ...] = field(default=())


CLIPS = (
    Clip(
        "Fishing boats leaving the harbour",
        "Small trawlers set out before dawn from the old port.",
        ("harbour", "boats", "fishing"),
        (
            ("Several small boats move past a stone pier in dim blue light.", ""),
            ("=PORT AUTHORITY", "we leave at four in the morning and come back around noon"),
        ),
    ),
    Clip(
        "City council meeting on the budget",
        "The council debates next year's spending on schools and roads.",
        ("council", "politics", "money"),
        (
            ("A woman speaks at a microphone behind a long table.", "we simply cannot afford another swimming pool"),
            ("=AGENDA ITEM 7", "the vote is eleven to four and the motion is carried"),
        ),
    ),
    Clip(
        "Puppies playing in a garden",
        "A litter of six week old dogs on the lawn.",
        ("animals", "pets"),
        (
            ("Two brown puppies chase a ball across green grass.", ""),
            ("A puppy sleeps in a wicker basket.", "this one is the laziest of them all"),
        ),
    ),
    Clip(
        "Night train to the north",
        "Passengers board the sleeper at the central station.",
        ("railway", "travel", "night"),
        (
            ("=PLATFORM 9", "the train to the north will depart from platform nine"),
            ("A dark railway carriage with lit windows.", ""),
        ),
    ),
    Clip(
        "Baker kneading sourdough",
        "A morning in a small bakery, from flour to oven.",
        ("food", "bread", "craft"),
        (
            ("Hands fold a large piece of dough on a wooden table.", "you have to feel when it is ready"),
            ("Loaves lie in a stone oven over glowing coals.", ""),
        ),
    ),
    Clip(
        "Floods in the river valley",
        "Streets under water after three days of rain.",
        ("weather", "disaster"),
        (
            (
                "A flooded street with cars up to their windows in brown water.",
                "we lost everything on the ground floor",
            ),
            ("Rescuers in orange vests row a rubber boat between houses.", ""),
        ),
    ),
    Clip(
        "Interview with a wind turbine engineer",
        "She explains how the blades are inspected by drone.",
        ("energy", "interview", "wind"),
        (
            ("=NORDWIND ENERGY", "each blade is eighty metres long and we check it twice a year"),
            ("White turbines stand on a green hill.", ""),
        ),
    ),
    Clip(
        "Jazz quartet in a cellar bar",
        "Saxophone, piano, bass and drums, two tunes.",
        ("music", "concert", "night"),
        (("A saxophone player under a red lamp.", "thank you, and this next one is called blue corner"),),
    ),
    Clip(
        "Marathon runners cross the bridge",
        "The leading group at kilometre thirty.",
        ("sport", "running", "city"),
        (
            ("A crowd of athletes runs over a suspension bridge.", ""),
            ("=KM 30", "she is ten seconds ahead of the course record"),
        ),
    ),
    Clip(
        "Snow plough on the mountain pass",
        "Clearing the road after the first blizzard.",
        ("winter", "road"),
        (("An orange plough throws snow aside on a narrow road.", "the pass will be open again by tonight"),),
    ),
    Clip(
        "Street market with spices",
        "Stalls of saffron, pepper and dried fruit.",
        ("food", "market", "travel"),
        (
            ("Heaps of red and yellow powder on a stall.", "fresh saffron, come and smell"),
            ("=SAFFRON 12 €", ""),
        ),
    ),
    Clip(
        "Heart surgery, training film",
        "Surgeons replace a valve; for students only.",
        ("medicine", "hospital"),
        (("People in blue gowns bend over an operating table.", "scalpel please, and more light from the left"),),
    ),
    Clip(
        "Tomatoes under glass",
        "A greenhouse grower on water and warmth.",
        ("farming", "vegetables"),
        (("Rows of red tomatoes hang in a greenhouse.", "we water them drop by drop, at night"),),
    ),
    Clip(
        "Robot arm welds car bodies",
        "The assembly line of an electric car plant.",
        ("industry", "cars", "factory"),
        (
            ("Sparks fly where a robot arm touches a metal frame.", ""),
            ("=LINE 3", "one car leaves this hall every minute"),
        ),
    ),
    Clip(
        "Cherry trees in Kyoto",
        "東京から京都への旅 Spring in the temple gardens.",
        ("spring", "flowers", "Japan"),
        (("Pink blossoms hang over a wooden bridge.", ""),),
    ),
    Clip(
        "Été à la plage",
        "Enfants qui jouent dans le sable au bord de la mer.",
        ("mer", "vacances"),
        (("Children build a castle of sand by the sea.", ""),),
    ),
    Clip(
        "Old cinema is torn down",
        "Excavators pull down the Roxy after ninety years.",
        ("building", "demolition"),
        (("An excavator tears at a brick wall.", "my grandparents met in there, row twelve"), ("=ROXY", "")),
    ),
    Clip(
        "Astronomers wait for the comet",
        "An evening at the observatory on the plateau.",
        ("science", "night", "stars"),
        (("A white dome under a sky full of stars.", "with some luck we see its tail around two"),),
    ),
    Clip(
        "Car park entrance, surveillance angle",
        "Fixed camera, grey afternoon.",
        ("parking",),
        (("=EXIT", ""), ("A grey car waits at a barrier.", "")),
    ),
    Clip(
        "Pottery class for beginners",
        "Wheels, clay and patience.",
        ("craft", "art", "class"),
        (("Wet hands shape a bowl on a turning wheel.", "slowly, let the clay come to you"),),
    ),
)


def fill(owner_id: int, clips: Sequence[Clip] = CLIPS) -> dict[str, str]:
    """Put clips into the database as complete records; ids by title."""
    embedder = embedding.load(Settings())
    rows = [_footage(owner_id, number, clip) for number, clip in enumerate(clips, start=1)]
    frames = [
        _frame(row.id, place, *frame)
        for row, clip in zip(rows, clips, strict=True)
        for place, frame in enumerate(clip.frames, start=1)
    ]
    texts = [*map(telling.text_of_footage, rows), *map(telling.text_of_frame, frames)]
    vectors = _embedded(tuple(texts))
    for footage, vector in zip(rows, vectors[: len(rows)], strict=True):
        footage.embedding, footage.embedder = vector, embedder.name
    for frame, vector in zip(frames, vectors[len(rows) :], strict=True):
        frame.embedding, frame.embedder = vector, embedder.name
    ids = {row.title: row.id for row in rows}
    with transaction() as session:
        session.add_all(rows)
        session.flush()
        session.add_all(frames)
    return ids


@cache
def _embedded(texts: tuple[str, ...]) -> list[bytes]:
    """Once for all tests, with the embedder of this machine: it is the slow part."""
    return [vector.tobytes() for vector in embedding.load(Settings()).embed(texts)]


def _footage(owner_id: int, number: int, clip: Clip) -> Footage:
    now = clock.now()
    return Footage(
        id=f"AF{number:04d}",
        owner_id=owner_id,
        status=states.COMPLETE,
        title=clip.title,
        description=clip.description,
        keywords=list(clip.keywords),
        tags=[],
        made_title=clip.title,
        made_description=clip.description,
        file_name=f"C{number:04d}.MP4",
        poster_key=f"footage/AF{number:04d}/poster.jpg",
        entered_at=now,
        created_at=now,
        updated_at=now,
    )


def _frame(footage_id: str, position: int, told: str, said: str) -> Frame:
    now = clock.now()
    read = told.removeprefix("=") if told.startswith("=") else ""
    return Frame(
        footage_id=footage_id,
        position=position,
        at_seconds=10.0 * position,
        start_seconds=10.0 * position - 5,
        end_seconds=10.0 * position + 5,
        status=states.FRAME_COMPLETE,
        caption=f"A sharp picture, mostly grey; it reads: “{read}”." if read else told,
        captioner="local-ocr" if read else "remote-eyes",
        seen={"text": [read] if read else []},
        speech=said or None,
        thumbnail_key=f"footage/{footage_id}/frames/{position:04d}.jpg",
        entered_at=now,
        created_at=now,
        updated_at=now,
    )
