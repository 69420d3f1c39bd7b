"""`python -m scripts.prepare`: bring the database up to date, and check who can come in, before all else starts."""

import sys

from sqlalchemy.exc import DBAPIError

from core import create_core
from errors import BackbeatError
from scripts import way_in
from services import startup


def main() -> int:
    try:
        with create_core().app_context():
            startup.prepare()
            way_in.check()
    except BackbeatError as e:
        print(e.message, file=sys.stderr)
        return 1
    except DBAPIError as e:  # whatever is wrong with it: one may not be allowed to make tables there, for one
        print(f"DATABASE_URL cannot be used: {str(e.orig).splitlines()[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
