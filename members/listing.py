"""Lists: a filter in the address, fifty rows a page, and the number of queries the same for any number of rows."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest

ROWS_A_PAGE = 50
LONGEST_SEARCH = 100  # SQLite refuses patterns of some ten thousand characters with an error
YEARS = (1, 9998)  # a year is asked for as from its first to its last day, and dates know no others


class FilterForm(forms.Form):
    """Filters of a list. A list's form says in ``narrow(rows)`` how what is filled in narrows its rows.

    What makes no sense filters nothing. ``more`` names filters that are seldom needed: the page folds them away.
    """

    more: tuple[str, ...] = ()
    use_required_attribute = False

    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, label_suffix="", **options)
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField):
                field.validators += [MinValueValidator(YEARS[0]), MaxValueValidator(YEARS[1])]
            elif isinstance(field, forms.CharField):
                field.validators.append(MaxLengthValidator(LONGEST_SEARCH))

    def narrowed(self, rows: QuerySet) -> QuerySet:
        """``rows`` narrowed by the fields that are valid."""
        self.is_valid()
        return self.narrow(rows)

    def usual_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name not in self.more]

    def more_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name in self.more]

    def is_more_open(self) -> bool:
        """What narrows the list must be seen."""
        return any(self.data.get(name) for name in self.more)

    def chosen(self, name: str) -> Any:
        return getattr(self, "cleaned_data", {}).get(name)


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list for its template; ``query`` is the filter as part of an address, without the page."""

    page: Page
    form: FilterForm
    query: str

    @property
    def is_filtered(self) -> bool:
        return bool(self.query)


def listing(request: HttpRequest, rows: QuerySet, form: FilterForm) -> Listing:
    """The asked page (the nearest there is) of the narrowed rows."""
    page = Paginator(form.narrowed(rows), ROWS_A_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    kept = {name: value for name, value in query.items() if value and name in form.fields}
    query.clear()
    query.update(kept)
    return Listing(page, form, query.urlencode())
