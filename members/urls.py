from django.urls import path

from members import accounts_views, evidence, grants_views, merge_views, notice_views, people_views, position, views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/demonstration/", views.demo_login, name="demo_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("members/new/", people_views.member_new, name="member_new"),
    path("seats/<uuid:public_id>/edit/", people_views.seat_edit, name="seat_edit"),
    path("seats/<uuid:public_id>/posts/", people_views.seat_posts, name="seat_posts"),
    path("seats/<uuid:public_id>/groups/", people_views.seat_groups, name="seat_groups"),
    path("seats/<uuid:public_id>/telephone/", people_views.seat_telephone, name="seat_telephone"),
    path("seats/<uuid:public_id>/merge/", merge_views.seat_merge, name="seat_merge"),
    path("seats/<uuid:public_id>/position/", position.seat_position, name="seat_position"),
    path("evidence/<uuid:public_id>/", evidence.evidence_file, name="evidence"),
    path("me/notices/", notice_views.notices, name="notices"),
    path("me/notices/channels/", notice_views.notice_channels, name="notice_channels"),
    path("password/", views.password_change, name="password_change"),
    path("accounts/", accounts_views.accounts, name="accounts"),
    path("accounts/new/", accounts_views.account_new, name="account_new"),
    path("accounts/members/", accounts_views.accounts_members, name="accounts_members"),
    path("accounts/reset/", accounts_views.accounts_reset, name="accounts_reset"),
    path("accounts/<uuid:public_id>/", accounts_views.account, name="account"),
    path("accounts/<uuid:public_id>/reset/", accounts_views.account_reset, name="account_reset"),
    path("accounts/<uuid:public_id>/unlock/", accounts_views.account_unlock, name="account_unlock"),
    path("accounts/<uuid:public_id>/state/", accounts_views.account_state, name="account_state"),
    path("accounts/<uuid:public_id>/member/", accounts_views.account_member, name="account_member"),
    path("grants/", grants_views.grants, name="grants"),
    path("grants/new/", grants_views.grant_new, name="grant_new"),
    path("grants/waiting/", grants_views.grants_waiting, name="grants_waiting"),
    path("grants/<uuid:public_id>/end/", grants_views.grant_end, name="grant_end"),
]
