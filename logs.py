"""How the processes log: one line an event, to standard error."""

import logging
import sys

import structlog


def configure_logging(level: str) -> None:
    """Lines of key=value pairs; control characters in values are escaped, so that nobody can forge a line."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.basicConfig(
        level=max(number, logging.INFO), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for chatty in ("alembic", "httpx"):  # a line for each migration step, and for each request
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(key_order=("timestamp", "level", "event"), bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
