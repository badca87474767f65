"""Every address. The apps' own urls modules hold the rest."""

from importlib.util import find_spec

from django.contrib import admin
from django.urls import include, path

from cppcc import health

PLACES = [
    ("", "desk.urls"),
    ("", "members.urls"),
    ("", "activities.urls"),
    ("", "proposals.urls"),
    ("", "opinions.urls"),
    ("", "scoring.urls"),
    ("api/v1/", "cppcc.api_urls"),
]

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    *(path(prefix, include(module)) for prefix, module in PLACES if find_spec(module)),
]
