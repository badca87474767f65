from django.urls import path

from desk import setup_views

urlpatterns = [
    path("setup/", setup_views.setup_start, name="setup"),
    path("setup/committee/", setup_views.setup_committee, name="setup_committee"),
    path("setup/slips/", setup_views.setup_slips, name="setup_slips"),
    path("setup/demonstration/", setup_views.setup_demonstration, name="setup_demonstration"),
    path("setup/filling/", setup_views.setup_filling, name="setup_filling"),
]
