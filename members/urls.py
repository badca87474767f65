from django.urls import path

from members import views

urlpatterns = [
    path("login/", views.SignIn.as_view(), name="login"),
    path("login/demonstration/", views.demo_login, name="demo_login"),
    path("logout/", views.SignOut.as_view(), name="logout"),
    path("password/", views.password_change, name="password_change"),
]
