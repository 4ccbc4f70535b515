"""Alembic's entry: the connection comes from the caller, the models from every room."""

import importlib

from alembic import context
from sqlalchemy import Connection

from oms.kernel.migrate import MODEL_MODULES, whole
from oms.kernel.tables import METADATA

for module in MODEL_MODULES:
    importlib.import_module(module)

connection: Connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=METADATA, include_name=whole(connection))
with context.begin_transaction():
    context.run_migrations()
