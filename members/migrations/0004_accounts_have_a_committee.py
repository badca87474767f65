"""Accounts made before: kept by the committee of their first grant, else by their member's."""

from django.db import migrations


def fill(apps, schema_editor):
    user = apps.get_model("members", "User")
    grant = apps.get_model("members", "Grant")
    first = {}
    for account, committee in grant.objects.order_by("-id").values_list("user_id", "committee_id"):
        first[account] = committee
    for row in user.objects.filter(committee=None).select_related("member"):
        row.committee_id = first.get(row.pk) or (row.member.committee_id if row.member else None)
        row.save(update_fields=["committee"])


class Migration(migrations.Migration):
    dependencies = [("members", "0003_closed_parts")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
