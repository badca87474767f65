from django.urls import include, path

from desk import views

urlpatterns = [
    path("", views.home, name="home"),
    path("", include("desk.urls_sheets")),
    path("", include("desk.urls_imports")),
    path("", include("desk.urls_setup")),
    path("", include("desk.urls_gaps")),
]
