from django.urls import path

from members import position, views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/demonstration/", views.demo_login, name="demo_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("seats/<uuid:public_id>/position/", position.seat_position, name="seat_position"),
    path("password/", views.password_change, name="password_change"),
]
