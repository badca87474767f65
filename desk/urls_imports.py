from django.urls import path

from desk import import_views as views

urlpatterns = [
    path("imports/", views.imports, name="imports"),
    path("imports/new/", views.import_new, name="import_new"),
    path("imports/expired/", views.imports_expired, name="imports_expired"),
    path("imports/<uuid:public_id>/", views.import_batch, name="import"),
    path("imports/<uuid:public_id>/columns/", views.import_columns, name="import_columns"),
    path("imports/<uuid:public_id>/mend/", views.import_mend, name="import_mend"),
    path("imports/<uuid:public_id>/confirm/", views.import_confirm, name="import_confirm"),
    path("imports/<uuid:public_id>/discard/", views.import_discard, name="import_discard"),
    path("imports/<uuid:public_id>/undo/", views.import_undo, name="import_undo"),
    path("imports/<uuid:public_id>/errors.xlsx", views.import_errors, name="import_errors"),
]
