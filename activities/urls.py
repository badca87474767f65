from django.urls import path

from activities import attendance_views, contribution_views, views

urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.activity_new, name="activity_new"),
    path("activities/<uuid:public_id>/", views.activity, name="activity"),
    path("activities/<uuid:public_id>/overview/", attendance_views.activity_overview, name="activity_overview"),
    path("activities/<uuid:public_id>/edit/", views.activity_edit, name="activity_edit"),
    path("activities/<uuid:public_id>/leave/", views.leave_new, name="leave_new"),
    path("leaves/<uuid:public_id>/decide/", views.leave_decide, name="leave_decide"),
    path("activities/sittings/<uuid:public_id>/", attendance_views.attendance, name="attendance"),
    path("activities/sittings/<uuid:public_id>/marks/", attendance_views.attendance_marks, name="attendance_marks"),
    path("activities/sittings/<uuid:public_id>/paste/", attendance_views.attendance_paste, name="attendance_paste"),
    path("contributions/", contribution_views.contributions, name="contributions"),
    path("contributions/new/", contribution_views.contribution_new, name="contribution_new"),
    path("contributions/<uuid:public_id>/", contribution_views.contribution, name="contribution"),
    path("contributions/<uuid:public_id>/decide/", contribution_views.contribution_decide, name="contribution_decide"),
]
