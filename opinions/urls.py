from django.urls import path

from opinions import member_views, outcome_views, views

urlpatterns = [
    path("opinions/", views.opinions, name="opinions"),
    path("opinions/new/", views.opinion_new, name="opinion_new"),
    path("opinions/composite/", views.composite_new, name="composite_new"),
    path("opinions/<uuid:public_id>/", views.opinion, name="opinion"),
    path("opinions/<uuid:public_id>/edit/", views.opinion_edit, name="opinion_edit"),
    path("opinions/<uuid:public_id>/issue/", outcome_views.opinion_issue, name="opinion_issue"),
    path("opinions/<uuid:public_id>/put-aside/", outcome_views.opinion_put_aside, name="opinion_put_aside"),
    path("opinions/<uuid:public_id>/remove/", outcome_views.opinion_remove, name="opinion_remove"),
    path("opinions/<uuid:public_id>/adoption/", outcome_views.adoption_new, name="adoption_new"),
    path("opinions/<uuid:public_id>/instruction/", outcome_views.instruction_new, name="instruction_new"),
    path("opinions/<uuid:public_id>/forwarding/", outcome_views.forwarding_new, name="forwarding_new"),
    path("outcomes/<uuid:public_id>/withdraw/", outcome_views.outcome_withdraw, name="outcome_withdraw"),
    path("organs/", outcome_views.organs, name="organs"),
    path("organs/<uuid:public_id>/", outcome_views.organ, name="organ"),
    path("me/opinions/", member_views.my_opinions, name="my_opinions"),
    path("me/opinions/new/", member_views.my_opinion_new, name="my_opinion_new"),
    path("me/opinions/<uuid:public_id>/", member_views.my_opinion, name="my_opinion"),
    path("me/opinions/<uuid:public_id>/edit/", member_views.my_opinion_edit, name="my_opinion_edit"),
]
