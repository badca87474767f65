from django.urls import path

from desk import entry_views, gap_views

urlpatterns = [
    path("gaps/", gap_views.gaps, name="gaps"),
    path("gaps/sign-off/", gap_views.gap_sign_off, name="gap_sign_off"),
    path("gaps/reopen/", gap_views.gap_reopen, name="gap_reopen"),
    path("entries/", entry_views.entries, name="entries"),
    path("entries/<uuid:public_id>/undo/", entry_views.entry_undo, name="entry_undo"),
]
