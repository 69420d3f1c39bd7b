"""What each view asks of whoever calls it: the whole table.

What is not named here needs somebody who has come in, whatever their role: a new view is closed until somebody opens
it. Names are endpoints, or the beginnings of endpoints with a `*`; the first that fits decides.
"""

from fnmatch import fnmatchcase

from services.access.roles import ADMIN, OPERATOR, VIEWER

PUBLIC = "public"

TABLE: tuple[tuple[str, str], ...] = (
    # What a load balancer asks, what pages are made of, and the way in.
    ("static", PUBLIC),
    ("bootstrap.static", PUBLIC),
    ("health.healthz", PUBLIC),
    ("health.readyz", PUBLIC),
    ("sign_in.*", PUBLIC),
    # The console.
    ("admin.people.*", ADMIN),
    ("admin.keys.*", ADMIN),
    ("admin.*", OPERATOR),
    ("health.get_metrics", OPERATOR),
    # A person may cancel and retry what is their own; whose a job is, `ownership` looks up.
    ("api_job_actions.retry_job", VIEWER),
    ("api_job_actions.cancel_job", VIEWER),
    ("api_job_actions.*", OPERATOR),
    ("api_progress.clean_up_progress", OPERATOR),
    ("api_queues.get_*", VIEWER),
    ("api_queues.*", OPERATOR),
    ("pages.delete_job", OPERATOR),
)


def needed(endpoint: str) -> str:
    """The role that a view needs, or `PUBLIC`."""
    return next((role for pattern, role in TABLE if fnmatchcase(endpoint, pattern)), VIEWER)
