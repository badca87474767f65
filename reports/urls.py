from django.urls import include, path

from reports import ranking_views, views

urlpatterns = [
    path("", include("reports.urls_papers")),
    path("", include("reports.urls_statistics")),
    path("me/record/", views.my_record, name="my_record"),
    path("me/record.pdf", views.my_record_pdf, name="my_record_pdf"),
    path("me/record.json", views.my_record_json, name="my_record_json"),
    path("me/record/<int:year>/", views.my_record_year, name="my_record_year"),
    path("me/record/<int:year>.pdf", views.my_record_year_pdf, name="my_record_year_pdf"),
    path("me/years/<int:year>/", views.my_year, name="my_year"),
    path("seats/<uuid:public_id>/record/", views.record, name="record"),
    path("seats/<uuid:public_id>/record.pdf", views.record_pdf_of_all, name="record_pdf"),
    path("seats/<uuid:public_id>/record/<int:year>/", views.record_year, name="record_year"),
    path("seats/<uuid:public_id>/record/<int:year>.pdf", views.record_year_pdf, name="record_year_pdf"),
    path("", include("reports.urls_cards")),
    path("reports/", ranking_views.reports, name="reports"),
    path("reports/<int:year>/", ranking_views.reports, name="reports"),
    path("", include("reports.urls_show")),
    path("reports/<int:year>/ranking/", ranking_views.ranking_page, name="ranking"),
    path("rankings/", ranking_views.old_rankings, name="rankings"),
    path("rankings/<int:year>/", ranking_views.old_rankings, name="rankings"),
    path("reports/<int:year>/ranking.pdf", ranking_views.ranking_pdf_file, name="ranking_pdf"),
    path("reports/<int:year>/ranking.docx", ranking_views.ranking_docx_file, name="ranking_docx"),
    path("reports/<int:year>/ranking.xlsx", ranking_views.ranking_xlsx_file, name="ranking_xlsx"),
    path("reports/<int:year>/ranking.csv", ranking_views.ranking_csv_file, name="ranking_csv"),
]
