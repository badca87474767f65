"""The database's clock: one clock for every web process and worker, whatever their machines say."""

from datetime import UTC, datetime

from django.db import connection

_SQL = {
    # clock_timestamp() goes on inside a transaction, where now() stands still.
    "postgresql": "SELECT clock_timestamp()",
    "sqlite": "SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')",
}


def now() -> datetime:
    """The time of the database, aware. To the microsecond on PostgreSQL, to the millisecond on SQLite."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL[connection.vendor])
        (found,) = cursor.fetchone()
    return found if isinstance(found, datetime) else datetime.fromisoformat(found).replace(tzinfo=UTC)
