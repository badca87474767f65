from django.urls import path

from activities import attendance_views, checkin_views

urlpatterns = [
    path("activities/<uuid:public_id>/overview/", attendance_views.activity_overview, name="activity_overview"),
    path("activities/sittings/<uuid:public_id>/", attendance_views.attendance, name="attendance"),
    path("activities/sittings/<uuid:public_id>/marks/", attendance_views.attendance_marks, name="attendance_marks"),
    path("activities/sittings/<uuid:public_id>/paste/", attendance_views.attendance_paste, name="attendance_paste"),
    path("activities/sittings/<uuid:public_id>/check-in/", checkin_views.check_in_board, name="check_in_board"),
    path("activities/sittings/<uuid:public_id>/arrive/", checkin_views.check_in_page, name="check_in"),
    path("activities/sittings/<uuid:public_id>/sign-in-sheet/", attendance_views.sign_in_sheet, name="sign_in_sheet"),
]
