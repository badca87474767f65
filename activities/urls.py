from django.urls import include, path

from activities import leave_views, own_views, views

urlpatterns = [
    path("activities/", views.activities, name="activities"),
    path("activities/new/", views.activity_new, name="activity_new"),
    path("activities/<uuid:public_id>/", views.activity, name="activity"),
    path("activities/<uuid:public_id>/edit/", views.activity_edit, name="activity_edit"),
    path("activities/<uuid:public_id>/list/", views.activity_list, name="activity_list"),
    path("activities/<uuid:public_id>/remove/", views.activity_remove, name="activity_remove"),
    path("activities/<uuid:public_id>/leave/", leave_views.leave_new, name="leave_new"),
    path("leaves/", leave_views.leaves, name="leaves"),
    path("leaves/rules/", leave_views.leave_rules, name="leave_rules"),
    path("leaves/<uuid:public_id>/decide/", leave_views.leave_decide, name="leave_decide"),
    path("me/activities/", own_views.my_activities, name="my_activities"),
    path("me/activities/<uuid:public_id>/sign-up/", own_views.my_sign_up, name="my_sign_up"),
    path("me/activities/<uuid:public_id>/leave/", own_views.my_leave, name="my_leave"),
    path("me/leaves/<uuid:public_id>/withdraw/", own_views.my_leave_withdraw, name="my_leave_withdraw"),
    path("", include("activities.urls_attendance")),
    path("", include("activities.urls_contributions")),
]
