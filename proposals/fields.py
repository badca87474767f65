"""What forms that take a proposal's words have in common: its text, and a question when there is one much like it."""

from django import forms

from members.models import Committee
from members.recording import NewRecord, RecordForm
from proposals.models import LONGEST_TEXT
from proposals.similar import Alike, similar_to

SIMILAR = "没有保存：已有案由相近的提案，请看下面的名单。不是同一件事，请点“仍然保存”。"


def text_field(required: bool = False, rows: int = 12) -> forms.CharField:
    return forms.CharField(
        label="正文",
        max_length=LONGEST_TEXT,
        required=required,
        help_text="写明问题、分析和建议",
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class AsksAboutSimilar(RecordForm):
    """Mixed into forms with a title: shows once what is much like it. The page's 仍然保存 sends the title as ``keep``."""

    alike: list[Alike] = []
    keep = ""

    def ask_about_similar(
        self, committee: Committee, title: str | None, year: int | None, without: int | None = None
    ) -> None:
        """Called last in ``clean``: nothing is asked while there are other errors to mend."""
        if self.errors or not title or year is None or self.data.get("keep") == title or self._is_logged():
            return
        self.alike = similar_to(self.user, committee, title, year, without)
        if self.alike:
            self.keep = title
            self.add_error(None, SIMILAR)

    def _is_logged(self) -> bool:
        """Whether this very page was sent before: then what is much like it is itself."""
        return isinstance(self, NewRecord) and self.logged([self.new_id()]).exists()
