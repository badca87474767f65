from django.urls import path

from opinions import views

urlpatterns = [
    path("opinions/", views.opinions, name="opinions"),
    path("opinions/new/", views.opinion_new, name="opinion_new"),
    path("opinions/<uuid:public_id>/", views.opinion, name="opinion"),
    path("opinions/<uuid:public_id>/edit/", views.opinion_edit, name="opinion_edit"),
    path("opinions/<uuid:public_id>/adoption/", views.adoption_new, name="adoption_new"),
    path("opinions/<uuid:public_id>/instruction/", views.instruction_new, name="instruction_new"),
]
