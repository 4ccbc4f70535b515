"""Whether the process is alive, and whether it can serve."""

from litestar import Controller, get
from litestar.response import Response
from sqlalchemy import text

from api.policies import PUBLIC
from oms.kernel import db, migrate
from oms.kernel.inputs import Output


class Health(Output):
    """How the process is."""

    status: str
    schema_revision: str | None = None


class HealthController(Controller):
    path = "/health"
    tags = ["Health"]

    @get("/live", opt=PUBLIC)
    async def live(self) -> Health:
        """Say that the process answers; asks nothing of the database."""
        return Health(status="ok")

    @get("/ready", opt=PUBLIC)
    async def ready(self) -> Response[Health]:
        """Say whether the database is reachable and has the schema of this program."""
        async with db.reading() as connection:
            found = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        current = found == migrate.head()
        status = "ok" if current else "schema is not current"
        return Response(
            Health(status=status, schema_revision=found), status_code=200 if current else 503
        )
