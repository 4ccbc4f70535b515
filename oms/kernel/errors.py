"""Families of refusals. The family fixes the HTTP status, the class is the stable code.

    DomainError
    ├── Malformed          400  the request cannot be understood
    ├── Unauthenticated    401  who is asking is unknown
    ├── Forbidden          403  known, but not allowed
    ├── NotFound           404  not there, or not yours to see
    ├── Conflict           409  the state of things does not permit it now
    ├── Stale              412  somebody changed it since you read it
    ├── Rejected           422  understood, but against a rule
    └── Unavailable        503  try again shortly

A subclass annotates its fields: they are the data of the refusal. Its docstring is the title.
"""

import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar, dataclass_transform


def code_of(name: str) -> str:
    """Turn a class name into the stable code clients see: OutOfStock -> out_of_stock."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@dataclass_transform(eq_default=False)
class DomainError(Exception):
    """The request was refused."""

    status_code: ClassVar[int] = 500
    code: ClassVar[str] = "domain_error"
    title: ClassVar[str] = "The request was refused."

    def __init_subclass__(cls) -> None:
        """Name the refusal after its class, unless it says `code`; annotations are its data."""
        cls.code = cls.__dict__.get("code") or code_of(cls.__name__)
        cls.title = (cls.__doc__ or cls.__name__).strip().splitlines()[0]
        dataclass(eq=False, repr=False)(cls)

    def data(self) -> dict[str, Any]:
        """Return the fields of this refusal, as they go into the problem document."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # every subclass is made a dataclass above

    @property
    def detail(self) -> str:
        """Say in one sentence what was refused and why."""
        told = ", ".join(f"{name}: {value}" for name, value in self.data().items() if value)
        return f"{self.title} ({told})" if told else self.title

    def __str__(self) -> str:
        """Read as the detail does, so that logs and tests say what happened."""
        return self.detail


class Malformed(DomainError):
    """The request cannot be understood."""

    status_code = 400


class Unauthenticated(DomainError):
    """Who is asking is not known."""

    status_code = 401


class Forbidden(DomainError):
    """The caller may not do this."""

    status_code = 403


class NotFound(DomainError):
    """There is no such thing here."""

    status_code = 404


class Conflict(DomainError):
    """The state of things does not permit this now."""

    status_code = 409


class Stale(DomainError):
    """It was changed since it was read."""

    status_code = 412


class Rejected(DomainError):
    """The request is understood, but a rule forbids it."""

    status_code = 422


class Unavailable(DomainError):
    """The service cannot do this right now; try again shortly."""

    status_code = 503
