"""`python -m serving`: the web server that `SERVER` names."""

import os
import sys

from config import read_settings
from errors import SettingsError
from serving.gate import may_listen


def main() -> int:
    try:
        settings = read_settings()
    except SettingsError as e:
        print(e.message, file=sys.stderr)
        return 1
    if settings.server == "gunicorn":  # which asks the rest by its own hooks: it can be started without this, too
        os.execv(sys.executable, (sys.executable, "-m", "gunicorn", "app:create_app()"))  # noqa: S606 - ourselves
    if not may_listen(settings):
        return 1
    from serving.granian_server import serve  # after the decision, since it takes a while to load

    serve(settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
