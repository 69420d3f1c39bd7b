"""`python -m scripts.way_in`: whether somebody could sign in to a Backbeat that others can reach; exits 1 if not."""

import sys

from sqlalchemy.exc import DatabaseError

from core import create_core
from errors import BackbeatError, SettingsError
from extensions import current_settings
from scripts.supervision.exposure import exposed_by
from services.access import openness


def check() -> None:
    """:raise SettingsError: if others can reach it and nobody could come in."""
    settings = current_settings()
    if not settings.is_local and not openness.can_anyone_come_in():
        raise SettingsError(
            f"{exposed_by(settings)} lets others reach Backbeat, and nobody could sign in yet: make the first admin "
            "with `.venv/bin/flask --app app users create NAME`, or set API_KEYS, or let HOST be 127.0.0.1 and unset "
            "PUBLIC_URL, ALLOWED_HOSTS and TRUSTED_PROXIES."
        )


def main() -> int:
    try:
        with create_core().app_context():
            check()
    except BackbeatError as e:
        print(e.message, file=sys.stderr)
        return 1
    except DatabaseError as e:  # no tables yet, too
        reason = str(e.orig).splitlines()[0]
        print(f"DATABASE_URL cannot be used: {reason}; `python -m scripts.prepare` makes its tables.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
