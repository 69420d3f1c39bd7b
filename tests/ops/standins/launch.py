"""The launcher with stand-ins for the application's parts. `launch.py [prepare EXIT_CODE] [stubborn]`"""

import sys

from scripts.run import main
from scripts.supervision.programs import EntryPoints


def _run(script: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"{__package__}.{script}", *arguments)


exit_code, *stubborn = sys.argv[1:]
sys.exit(
    main(
        EntryPoints(
            prepare=_run("prepare", exit_code),
            janitor=_run("part", "janitor"),
            worker=_run("part", "worker", *stubborn),
            web=_run("web"),
        )
    )
)
