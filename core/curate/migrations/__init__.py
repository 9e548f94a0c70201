"""How the tables of the store came to be, a file a revision; Alembic runs them."""
