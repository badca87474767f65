from django.urls import path

from activities import views

urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.activity_new, name="activity_new"),
    path("activities/<uuid:public_id>/", views.activity, name="activity"),
    path("activities/<uuid:public_id>/overview/", views.activity_overview, name="activity_overview"),
    path("activities/<uuid:public_id>/edit/", views.activity_edit, name="activity_edit"),
    path("activities/<uuid:public_id>/leave/", views.leave_new, name="leave_new"),
    path("leaves/<uuid:public_id>/decide/", views.leave_decide, name="leave_decide"),
    path("activities/sittings/<uuid:public_id>/", views.attendance, name="attendance"),
    path("activities/sittings/<uuid:public_id>/marks/", views.attendance_marks, name="attendance_marks"),
    path("activities/sittings/<uuid:public_id>/paste/", views.attendance_paste, name="attendance_paste"),
    path("contributions/", views.contributions, name="contributions"),
    path("contributions/new/", views.contribution_new, name="contribution_new"),
    path("contributions/<uuid:public_id>/", views.contribution, name="contribution"),
    path("contributions/<uuid:public_id>/decide/", views.contribution_decide, name="contribution_decide"),
]
