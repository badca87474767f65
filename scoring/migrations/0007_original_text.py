from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("scoring", "0006_rehearsals"),
    ]

    operations = [
        migrations.AddField(
            model_name="historicalruleset",
            name="original",
            field=models.TextField(blank=True, verbose_name="办法原文"),
        ),
        migrations.AddField(
            model_name="ruleset",
            name="original",
            field=models.TextField(blank=True, verbose_name="办法原文"),
        ),
    ]
