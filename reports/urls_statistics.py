from django.urls import path

from reports import statistics_views as views

urlpatterns = [
    path("reports/<int:year>/statistics/", views.page_view("months"), name="statistics"),
    path("reports/<int:year>/statistics/sectors/", views.page_view("sectors"), name="statistics_sectors"),
    path("reports/<int:year>/statistics/special-committees/", views.page_view("specials"), name="statistics_specials"),
    path("reports/<int:year>/statistics/attendance/", views.page_view("attendance"), name="statistics_attendance"),
    path(
        "reports/<int:year>/statistics/attendance/records/",
        views.statistics_attendance_records,
        name="statistics_attendance_records",
    ),
    path("reports/<int:year>/statistics/proposals/", views.page_view("proposals"), name="statistics_proposals"),
    path("reports/<int:year>/statistics/opinions/", views.page_view("opinions"), name="statistics_opinions"),
    path("reports/<int:year>/statistics/compared/", views.page_view("compared"), name="statistics_compared"),
    path("reports/<int:year>/statistics/shares/", views.statistics_shares, name="statistics_shares"),
    path("reports/<int:year>/statistics/people/", views.statistics_people, name="statistics_people"),
    path("reports/<int:year>/statistics/entries/", views.page_view("entries"), name="statistics_entries"),
    path("reports/<int:year>/statistics.xlsx", views.statistics_xlsx_file, name="statistics_xlsx"),
    path("reports/<int:year>/statistics.csv", views.statistics_csv_file, name="statistics_csv"),
]
