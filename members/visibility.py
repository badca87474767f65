"""What every part of the read-only API has in common: rows from members.access, public ids, explicit fields."""

from typing import Any

from django.db.models import Model, QuerySet
from rest_framework import serializers, viewsets
from rest_framework.pagination import PageNumberPagination

from members.access import visible


class HundredRows(PageNumberPagination):
    """?page=2&page_size=50; at most 500 rows a page."""

    page_size = 100
    page_size_query_param = "page_size"
    max_page_size = 500


class PublicId(serializers.SlugRelatedField):
    """Another row, named by its public id."""

    def __init__(self, **options: Any):
        super().__init__(slug_field="public_id", read_only=True, **options)


class VisibleRows(viewsets.ReadOnlyModelViewSet):
    """The rows of ``model`` that the signed-in user may see, and nothing else; 404 for the others.

    ``related`` and ``prefetched`` keep the number of queries the same for any number of rows.
    """

    model: type[Model]
    related: tuple[str, ...] = ()
    prefetched: tuple[Any, ...] = ()
    ordering: tuple[str, ...] = ("pk",)
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    pagination_class = HundredRows

    def get_queryset(self) -> QuerySet:
        if getattr(self, "swagger_fake_view", False):
            return self.model._meta.default_manager.none()
        rows = visible(self.request.user, self.model).order_by(*self.ordering)
        return rows.select_related(*self.related).prefetch_related(*self.prefetched)
