"""The benchmarks of a whole run, in its order, and how much of each is done there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """`python -m bench.<name>`: its title in the documents, and its options in a whole run."""

    name: str
    title: str
    options: tuple[str, ...] = ()


MODULES = (
    Module("poll", "Polls, beside the peers", ("--seconds", "2")),
    Module("mixed", "Polls beside slow things, by the model of a worker", ("--rounds", "1", "--seconds", "4")),
    Module("watchers", "Watchers", ("--sizes", "100,1000,10000", "--seconds", "8")),
    Module("client", "The browser's client", ("--long-seconds", "12")),
    Module("jobs", "The job engine", ("--rounds", "2")),
    Module("chunked", "Ten thousand songs in one playlist"),
    Module("startup", "A warm start", ("--rounds", "3")),
    Module("scale", "Growth"),
    Module("console", "The console and the API with many jobs", ("--rounds", "5")),
    Module("search", "Search over footage"),
    Module("pipeline", "The footage pipeline", ("--records", "8")),
)


def named(names: list[str]) -> list[Module]:
    """Those of these names, all if there are none.

    :raise KeyError: naming what there is, for a name that is none.
    """
    known = {module.name: module for module in MODULES}
    if unknown := [name for name in names if name not in known]:
        raise KeyError(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(known)}.")
    return [known[name] for name in names or known]
