"""Every address. The apps' own urls modules hold the rest."""

from django.contrib import admin
from django.urls import include, path

from cppcc import health

urlpatterns = [
    path("", include("desk.urls")),
    path("", include("members.urls")),
    path("", include("activities.urls")),
    path("", include("proposals.urls")),
    path("", include("opinions.urls")),
    path("", include("scoring.urls")),
    path("", include("reports.urls")),
    path("api/v1/", include("cppcc.api_urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
]
