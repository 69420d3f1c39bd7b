"""`python -m bench.search`: search over footage by meaning and words, against LIKE over the same columns.

500 records of 20 frames each, described with made-up sentences. Each round asks every query once, of the search and of
LIKE, turn by turn; what counts is the ratio of the medians. Told besides: the first search of a process, one right
after a record has changed, what embedding a query costs, and what memory the index takes.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
from sqlalchemy import or_, select, update

import clock
from app import create_app
from bench.measuring import finish, parser
from bench.results import Findings, Row, Table
from bench.servers import folder, redis_server
from extensions import current_settings, db, db_now, transaction
from models import Footage, Frame
from services import embedding
from services.embedding.protocol import unit
from services.footage import states
from services.footage.search import search
from services.footage.search_memory import Memory
from services.library import users

RECORDS, FRAMES = 500, 20
QUERIES = ("harbour", "red boat", "a dog on the beach", "people talk about money", "exit", "night train")
WORDS = """
harbour boat dog beach people talk money exit night train red blue street market rain snow bridge engine flower child
teacher wall river mountain window lamp table music drum bread oven wheel wind stone garden letter camera
"""


def sentence(numbers: np.random.Generator, words: int) -> str:
    return " ".join(numbers.choice(WORDS.split(), words))


def seed(records: int, frames: int) -> None:
    """Vectors are random: to compare them costs the same whatever they mean."""
    numbers = np.random.default_rng(7)
    embedder = embedding.load(current_settings())
    length = embedder.embed(["a"]).shape[1]

    def common() -> dict[str, object]:
        vector = unit(numbers.standard_normal((1, length)))
        now = clock.now()
        times = {"entered_at": now, "created_at": now, "updated_at": now}
        return times | {"status": states.COMPLETE, "embedding": vector.tobytes(), "embedder": embedder.name}

    owner_id = users.default_owner().id
    for n in range(records):
        id = f"AF{n:04d}"
        words = {"title": sentence(numbers, 4), "description": sentence(numbers, 30), "keywords": [], "tags": []}
        with transaction() as session:
            session.add(Footage(id=id, owner_id=owner_id, **words, **common()))
            session.flush()
            session.add_all(_frame(id, place, numbers, common()) for place in range(1, frames + 1))


def _frame(footage_id: str, place: int, numbers: np.random.Generator, common: dict[str, object]) -> Frame:
    return Frame(
        footage_id=footage_id,
        position=place,
        at_seconds=10.0 * place,
        start_seconds=10.0 * place - 5,
        end_seconds=10.0 * place + 5,
        caption=sentence(numbers, 12),
        speech=sentence(numbers, 25),
        **common,
    )


def like(q: str) -> int:
    """How many frames have all words somewhere, in them or in their footage: what a search without an index does."""
    columns = (Footage.title, Footage.description, Frame.caption, Frame.speech)
    all_words = [or_(*(column.icontains(word) for column in columns)) for word in q.split()]
    found = db.session.execute(select(Footage.id, Frame.position).join(Footage).where(*all_words)).all()
    db.session.rollback()
    return len(found)


def milliseconds(work: Callable[..., object], *given: object) -> float:
    """What it takes of this process's time: the database and the model work in it, too."""
    begun = time.process_time()
    work(*given)
    return (time.process_time() - begun) * 1000


def measure(rounds: int) -> dict[str, list[float]]:
    embedder = embedding.load(current_settings())
    times = {"first search": [milliseconds(search, None, QUERIES[0])]}
    times |= {"search": [], "LIKE": [], "after a change": [], "embedding the query": []}
    for number in range(rounds):
        for q in QUERIES:
            times["search"].append(milliseconds(search, None, q))
            times["LIKE"].append(milliseconds(like, q))
            times["embedding the query"].append(milliseconds(embedder.embed, [q]))
        touch(f"AF{number:04d}")
        times["after a change"].append(milliseconds(search, None, QUERIES[0]))
    return times


def index_megabytes() -> float:
    tracemalloc.start()
    kept = Memory()
    kept.index(embedding.load(current_settings()).name)
    megabytes = tracemalloc.get_traced_memory()[0] / 1024**2
    tracemalloc.stop()
    return megabytes


def touch(footage_id: str) -> None:
    with transaction() as session:
        session.execute(update(Footage).where(Footage.id == footage_id).values(updated_at=db_now()))


def table(times: dict[str, list[float]], records: int) -> Table:
    rows = [Row(name, {"CPU_milliseconds": values}) for name, values in times.items()]
    title = f"Search over {records:,} records of footage with {records * FRAMES:,} frames"
    note = "LIKE knows no meaning and no rank."
    return Table("search", title, "CPU_milliseconds", "LIKE", rows, note)


def found(rounds: int, records: int) -> Findings:
    with folder() as where, redis_server(where) as redis_url:
        app = create_app(data_dir=where / "data", redis_url=redis_url, log_level="error")
        with app.app_context():
            db.create_all()
            seed(records, FRAMES)
            times = measure(rounds)
            facts = {"index_of_a_process_megabytes": index_megabytes()}
    return Findings("search", tables=[table(times, records)], facts=facts)


def main() -> int:
    options = parser(__doc__, rounds=5)
    options.add_argument("--records", type=int, default=RECORDS, help=f"of {FRAMES} frames each; default={RECORDS}")
    told = options.parse_args()
    return finish(told, lambda effort: found(effort.rounds, 50 if told.quick else told.records))


if __name__ == "__main__":
    sys.exit(main())
