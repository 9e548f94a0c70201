"""Alembic's way in: runs the revisions on the connection, inside the transaction it is in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(connection=connection, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
