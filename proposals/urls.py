from django.urls import path

from proposals import (
    draft_views,
    evaluation_views,
    examination_views,
    handling_views,
    honour_views,
    setting_views,
    undertaking_views,
    views,
)

urlpatterns = [
    path("proposals/", views.proposals, name="proposals"),
    path("proposals/new/", views.proposal_new, name="proposal_new"),
    path("proposals/quick/", views.proposal_quick, name="proposal_quick"),
    path("proposals/setting/", setting_views.proposal_setting, name="proposal_setting"),
    path("proposals/due/", undertaking_views.proposals_due, name="proposals_due"),
    path("proposals/rates/", handling_views.proposals_rates, name="proposals_rates"),
    path("proposals/handling/", handling_views.proposals_handling, name="proposals_handling"),
    path("proposals/<uuid:public_id>/", views.proposal, name="proposal"),
    path("proposals/<uuid:public_id>/edit/", views.proposal_edit, name="proposal_edit"),
    path("proposals/<uuid:public_id>/decide/", examination_views.proposal_decide, name="proposal_decide"),
    path("proposals/<uuid:public_id>/remove/", examination_views.proposal_remove, name="proposal_remove"),
    path("proposals/<uuid:public_id>/honour/", honour_views.proposal_honour, name="proposal_honour"),
    path(
        "proposals/<uuid:public_id>/undertaking/", undertaking_views.proposal_undertaking, name="proposal_undertaking"
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/reply/",
        undertaking_views.undertaking_reply,
        name="undertaking_reply",
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/edit/",
        undertaking_views.undertaking_edit,
        name="undertaking_edit",
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/hand-back/",
        undertaking_views.undertaking_hand_back,
        name="undertaking_hand_back",
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/urge/",
        undertaking_views.undertaking_urge,
        name="undertaking_urge",
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/reopen/",
        undertaking_views.undertaking_reopen,
        name="undertaking_reopen",
    ),
    path(
        "proposals/undertakings/<uuid:public_id>/evaluation/",
        undertaking_views.undertaking_evaluation,
        name="undertaking_evaluation",
    ),
    path("proposals/honours/<uuid:public_id>/withdraw/", honour_views.honour_withdraw, name="honour_withdraw"),
    path("me/proposals/", draft_views.my_proposals, name="my_proposals"),
    path("me/proposals/new/", draft_views.my_proposal_new, name="my_proposal_new"),
    path("me/proposals/<uuid:public_id>/edit/", draft_views.my_proposal_edit, name="my_proposal_edit"),
    path("me/proposals/<uuid:public_id>/submit/", draft_views.my_proposal_submit, name="my_proposal_submit"),
    path("me/proposals/<uuid:public_id>/discard/", draft_views.my_proposal_discard, name="my_proposal_discard"),
    path("me/proposals/<uuid:public_id>/evaluation/", evaluation_views.own_evaluation, name="own_evaluation"),
    path("me/proposals/<uuid:public_id>/sign/", draft_views.my_proposal_sign, name="my_proposal_sign"),
]
