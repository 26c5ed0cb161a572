"""How a store of each form becomes one of the next; Alembic's folder, run by `detector.store.forms`."""
