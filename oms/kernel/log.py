"""Structured logs without personal data."""

import logging
import sys

import structlog

from oms.kernel.config import settings

PRIVATE = {"email", "name", "phone", "address", "key", "token", "secret", "authorization", "body"}


def configure() -> None:
    """Log events with fields: lines for people, or JSON when `OMS_LOG_JSON` is set."""
    level = logging.getLevelName(settings().log_level.upper())
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings().log_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_personal_data,
            structlog.processors.format_exc_info,
            renderer,
        ],
    )
    logging.basicConfig(level=max(level, logging.WARNING), stream=sys.stderr, force=True)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # tells one refused connection in 42 lines


def without_personal_data(
    _: object, __: str, fields: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """Hide values whose field name says they are about a person or secret."""
    return {name: "•••" if name in PRIVATE else value for name, value in fields.items()}
