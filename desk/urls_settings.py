from django.urls import path, register_converter

from desk import clearing_views, settings_views, term_views
from desk.settings_parts import KindConverter

register_converter(KindConverter, "part")

urlpatterns = [
    path("settings/", settings_views.settings_home, name="settings"),
    path("settings/succession/", term_views.succession, name="succession"),
    path("settings/succession/<uuid:public_id>/undo/", term_views.succession_undo, name="succession_undo"),
    path("settings/clear/", clearing_views.clear, name="clear"),
    path("settings/<part:kind>/", settings_views.settings_parts, name="settings_parts"),
    path("settings/<part:kind>/new/", settings_views.settings_new, name="settings_new"),
    path("settings/<part:kind>/<uuid:public_id>/", settings_views.settings_part, name="settings_part"),
    path("settings/<part:kind>/<uuid:public_id>/remove/", settings_views.settings_remove, name="settings_remove"),
]
