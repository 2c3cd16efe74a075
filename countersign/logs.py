"""Logs: one JSON object a line, so that no value can forge a record, and never what a shopper wrote."""

import logging
import sys

import structlog
from structlog.tracebacks import ExceptionDictTransformer


def set_up() -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            # Where it broke, without local variables: they hold what shoppers wrote.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    # Libraries' debug lines may hold bodies and headers.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
