from django.urls import path

from desk import log_views

urlpatterns = [
    path("log/", log_views.acts, name="log"),
    path("log.csv", log_views.log_file, {"ending": "csv"}, name="log_csv"),
    path("log-fields.csv", log_views.log_file, {"ending": "fields.csv"}, name="log_fields_csv"),
    path("log.xlsx", log_views.log_file, {"ending": "xlsx"}, name="log_xlsx"),
    path("log/<uuid:public_id>/", log_views.one_act, name="log_act"),
    path("records/<uuid:public_id>/history/", log_views.record_history, name="record_history"),
]
