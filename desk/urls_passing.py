from django.urls import path

from desk import passing_views as views

urlpatterns = [
    path("proposals/<uuid:public_id>/pass-on/", views.proposal_pass_on, name="proposal_pass_on"),
    path("proposals/<uuid:public_id>/pass-back/", views.proposal_pass_back, name="proposal_pass_back"),
]
