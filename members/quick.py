"""The row above a list that takes one record after the other: what the rows of all nouns have in common."""

from typing import Any

from django import forms

from members.recording import NamesField, plain


class QuickRow(forms.Form):
    """Mixin before a ``RecordForm``: its usual fields in one row. Enter saves it and the page is ready for the next.

    ``widths``: {field: columns out of twelve}, in the order of the row; all other fields are left out. ``typed_next``
    has the focus once a record was saved. ``asks``: template of a question that the form may put, "" for none.
    """

    widths: dict[str, int] = {}
    typed_next = ""
    asks = ""

    def __init__(self, *args: Any, is_next: bool = False, **options: Any):
        # The filter below the row has fields of the same names.
        super().__init__(*args, auto_id="quick_%s", **options)
        for name in set(self.fields) - set(self.widths):
            if not self.fields[name].widget.is_hidden:
                del self.fields[name]
        self.order_fields(self.widths)
        for field in self.fields.values():
            field.label, field.help_text = plain(field.label), ""  # a row has no room to say more
            if isinstance(field, NamesField):
                field.widget = forms.TextInput(attrs={"maxlength": field.max_length, "autocapitalize": "none"})
            if isinstance(field.widget, forms.TextInput):
                field.widget.attrs["autocomplete"] = "off"
        if is_next:
            self.fields[self.typed_next].widget.attrs["autofocus"] = True

    def cells(self) -> list[tuple[forms.BoundField, int]]:
        """The visible fields with their widths."""
        return [(field, self.widths[field.name]) for field in self.visible_fields()]
