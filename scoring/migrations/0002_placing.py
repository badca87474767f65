from django.db import DatabaseError, migrations, models, transaction


def compress_documents(apps, schema_editor):
    """Store documents with lz4 where the server was built with it: half the processor time of the default.

    PostgreSQL 14 and later know the command; one without lz4 refuses it, and then the default stays.
    """
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE scoring_reportcard ALTER COLUMN document SET COMPRESSION lz4")
    except DatabaseError:
        print("  (this PostgreSQL has no lz4: report cards are stored with its default compression)")


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial")]

    operations = [
        migrations.AddField("reportcard", "among", models.PositiveIntegerField("同类人数", default=0)),
        migrations.AddField("reportcard", "tied", models.PositiveIntegerField("并列人数", default=0)),
        migrations.AddField("reportcard", "band", models.CharField("档次", max_length=40, blank=True)),
        migrations.AddField("reportcard", "outside_places", models.JSONField("单列项目名次", default=dict)),
        migrations.AddField("reportcard", "standing", models.TextField("排名依据", blank=True)),
        migrations.RunPython(compress_documents, migrations.RunPython.noop),
    ]
