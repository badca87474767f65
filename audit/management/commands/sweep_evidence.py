"""`manage.py sweep_evidence`: remove uploaded files that no record came of, and name those that are damaged."""

from django.core.management.base import BaseCommand, CommandError

from audit.evidence import damaged, sweep


class Command(BaseCommand):
    help = "删除没有记录的佐证材料文件，并按摘要核对其余文件"

    def handle(self, *args, **options):
        self.stdout.write(f"删除了 {len(sweep())} 个没有记录的文件。")
        if broken := damaged():
            lines = "\n".join(f"  {row.stored_as}  {row.name}" for row in broken)
            raise CommandError(f"有 {len(broken)} 个文件丢失或被改动，请从备份恢复到 EVIDENCE_DIR：\n{lines}")
