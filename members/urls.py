from django.urls import path

from members import evidence, position, views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/demonstration/", views.demo_login, name="demo_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("seats/<uuid:public_id>/position/", position.seat_position, name="seat_position"),
    path("evidence/<uuid:public_id>/", evidence.evidence_file, name="evidence"),
    path("password/", views.password_change, name="password_change"),
]
