from django.urls import include, path

from desk import search_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_views.find, name="search"),
    path("", include("desk.urls_sheets")),
    path("", include("desk.urls_imports")),
    path("", include("desk.urls_settings")),
    path("", include("desk.urls_setup")),
    path("", include("desk.urls_gaps")),
    path("", include("desk.urls_gate")),
    path("", include("desk.urls_passing")),
    path("", include("desk.urls_log")),
]
