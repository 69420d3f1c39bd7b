"""What jobs have done, counted truthfully: every write leaves a line in a table without any constraint."""

from collections import Counter

from sqlalchemy import Engine, text

TABLE = "CREATE TABLE effect (job_id VARCHAR(26), attempt INTEGER, item VARCHAR(64), pid INTEGER)"
# A song that is analysed again only updates its row, so a count of rows would not tell.
_SQLITE_TRIGGER = """
CREATE TRIGGER effect_of_{verb} AFTER {verb} ON analysis BEGIN
    INSERT INTO effect (job_id, attempt, item, pid) VALUES ('', 0, NEW.song_id, 0);
END"""
_POSTGRESQL_TRIGGER = """
CREATE FUNCTION effect_of_analysis() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO effect (job_id, attempt, item, pid) VALUES ('', 0, NEW.song_id, 0);
    RETURN NULL;
END $$;
CREATE TRIGGER effect_of_analysis AFTER INSERT OR UPDATE ON analysis
    FOR EACH ROW EXECUTE FUNCTION effect_of_analysis()"""


def watch(engine: Engine) -> None:
    """Log every effect from now on: of the faults' own jobs, and every analysis of a song by the song's id."""
    if engine.dialect.name == "sqlite":
        triggers = [_SQLITE_TRIGGER.format(verb=verb) for verb in ("INSERT", "UPDATE")]
    else:
        triggers = [_POSTGRESQL_TRIGGER]
    with engine.begin() as connection:
        for statement in (TABLE, *triggers):
            connection.execute(text(statement))


def forget(engine: Engine) -> None:
    """Take away what `watch` has made, where the database is there for others after us: SQLite's file is not."""
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION IF EXISTS effect_of_analysis CASCADE"))
            connection.execute(text("DROP TABLE IF EXISTS effect"))


def by_job(engine: Engine) -> Counter[str]:
    """How often each job of the faults' own types took effect."""
    return _count(engine, "SELECT job_id FROM effect WHERE job_id <> ''")


def by_song(engine: Engine) -> Counter[str]:
    """How often each song was analysed."""
    return _count(engine, "SELECT item FROM effect WHERE job_id = ''")


def _count(engine: Engine, query: str) -> Counter[str]:
    with engine.connect() as connection:
        return Counter(str(value) for (value,) in connection.execute(text(query)))


def lost_and_doubled(counted: Counter[str], wanted: list[str]) -> tuple[int, int]:
    """How many of those `wanted` took no effect, and how many effects there were too many."""
    lost = sum(counted[name] == 0 for name in wanted)
    return lost, sum(count - 1 for count in counted.values() if count > 1) + sum(
        count for name, count in counted.items() if name not in set(wanted)
    )
