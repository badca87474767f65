from django.urls import path

from proposals import honour_views, undertaking_views, views

urlpatterns = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/new/", views.proposal_new, name="proposal_new"),
    path("proposals/<uuid:public_id>/", views.proposal, name="proposal"),
    path("proposals/<uuid:public_id>/edit/", views.proposal_edit, name="proposal_edit"),
    path("proposals/<uuid:public_id>/decide/", views.proposal_decide, name="proposal_decide"),
    path("proposals/<uuid:public_id>/honour/", honour_views.proposal_honour, name="proposal_honour"),
    path(
        "proposals/<uuid:public_id>/undertaking/", undertaking_views.proposal_undertaking, name="proposal_undertaking"
    ),
]
