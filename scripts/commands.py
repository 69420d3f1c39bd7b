"""Running a command of a script of ours within Backbeat."""

from collections.abc import Sequence

import click
from sqlalchemy.exc import SQLAlchemyError

from app import create_app
from errors import BackbeatError

DONE, SOME_FAILED, NOT_DONE, INTERRUPTED = 0, 1, 2, 130  # exit codes; the last is a shell's for Ctrl-C


def run(command: click.Command, args: Sequence[str] | None = None, *, after_an_outage: str) -> int:
    """Its exit code; what is wrong is told in words, with `after_an_outage` behind that the database cannot be used."""
    try:
        with create_app().app_context():
            code: int = command.main(args=args, standalone_mode=False)
            return code or DONE
    except click.ClickException as e:
        e.show()
        return NOT_DONE
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BackbeatError as e:
        click.echo(e.message, err=True)
        return NOT_DONE
    except SQLAlchemyError as e:
        click.echo(f"The database cannot be used just now ({type(e).__name__}){after_an_outage}", err=True)
        return NOT_DONE
