from django.urls import path

from desk import views_sheets

urlpatterns = [
    path("sheets/<slug:kind>.xlsx", views_sheets.sheet_template, name="sheet_template"),
]
