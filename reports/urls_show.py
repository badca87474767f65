"""What others are shown of a year: the plenary's slides, the public page, and how open both are."""

from django.urls import path

from reports import public_views, slide_views

urlpatterns = [
    path("show/<int:year>/", slide_views.show, name="slides"),
    path("reports/<int:year>/openness/", slide_views.openness, name="openness"),
    path("public/<slug:code>/<int:year>/", public_views.public_year, name="public_year"),
]
