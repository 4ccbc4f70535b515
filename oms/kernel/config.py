"""Settings, read once from `OMS_*` environment variables."""

import secrets
from functools import cache
from pathlib import Path

from platformdirs import user_data_path
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BadSetting(ValueError):
    """A setting is not as it must be."""


class Settings(BaseSettings):
    """What an operator may set; the defaults run everything on one machine."""

    model_config = SettingsConfigDict(env_prefix="OMS_", extra="ignore")

    database_url: str | None = None
    """PostgreSQL 15 to 18, `postgresql://…`. None: the program brings its own."""
    broker_url: str | None = None
    """`redis://…` or `amqp://…`. None: wake-ups stay inside the process."""
    queue: str = Field(default="oms", pattern=r"^[a-zA-Z_][a-zA-Z0-9._-]*$")
    """The name of the queue on the broker; installations that share a broker need one each."""
    data_dir: Path = Field(default_factory=lambda: user_data_path("oms"))
    """Where the embedded database and the generated secret live."""
    secret: SecretStr | None = None
    """Keys the hashes of credentials and signs links. None: made once, kept in `data_dir`."""
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    """The address shoppers and integrators use, for links; None: built from host and port."""
    pool_size: int = Field(default=20, ge=1, le=500)
    """Database connections per process."""
    statement_timeout_seconds: int = Field(default=30, ge=1)
    lock_timeout_seconds: int = Field(default=10, ge=1)
    worker_concurrency: int = Field(default=8, ge=1, le=64)
    """How many rows of each kind of work a worker does at once."""
    sweep_seconds: float = Field(default=1.0, gt=0)
    """How often a worker looks for work whose wake-up was lost."""
    hold_seconds: int = Field(default=900, ge=1)
    """How long a cart holds its stock after the last activity."""
    hold_limit_seconds: int = Field(default=86_400, ge=1)
    """How long a cart can hold its stock at most, however active it is."""
    hold_payment_hours: dict[str, int] = {"konbini": 72, "bank_transfer": 168}
    """How long a cart holds its stock for payment methods that are paid later."""
    hold_payment_limit_hours: int = Field(default=336, ge=1)
    """How long a cart of such a payment method can hold its stock at most."""
    webhooks_allow_private: bool = False
    """Development only: let webhook targets be on this machine or in a private network."""
    log_level: str = "INFO"
    log_json: bool = False

    @property
    def base_url(self) -> str:
        """Return the address that goes into links, without a trailing slash."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return Settings()


def secret() -> bytes:
    """Return the secret of this installation, making it on first use when none is given."""
    given = settings().secret
    return given.get_secret_value().encode() if given else _kept_secret(settings().data_dir)


@cache
def _kept_secret(data_dir: Path) -> bytes:
    path = data_dir / "secret"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_bytes().strip()
