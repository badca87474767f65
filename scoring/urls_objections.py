"""更正 and 核对确认."""

from django.urls import path

from scoring import confirmations_views, objections_views

urlpatterns = [
    path("me/objections/", objections_views.my_objections, name="my_objections"),
    path("me/objections/new/", objections_views.my_objection_new, name="my_objection_new"),
    path("me/confirmation/", confirmations_views.my_confirmation, name="my_confirmation"),
    path("objections/", objections_views.objections, name="objections"),
    path("objections/statistics/", objections_views.objections_statistics, name="objections_statistics"),
    path("objections/<uuid:public_id>/", objections_views.objection, name="objection"),
    path("objections/<uuid:public_id>/answer/", objections_views.objection_answer, name="objection_answer"),
    path("objections/<uuid:public_id>/pass-on/", objections_views.objection_pass_on, name="objection_pass_on"),
    path("objections/<uuid:public_id>/decide/", objections_views.objection_decide, name="objection_decide"),
    path("objections/<uuid:public_id>/corrected/", objections_views.objection_corrected, name="objection_corrected"),
    path("confirmations/", confirmations_views.confirmations, name="confirmations"),
    path("confirmations/remind/", confirmations_views.confirmations_remind, name="confirmations_remind"),
    path("confirmations/until/", confirmations_views.confirmations_until, name="confirmations_until"),
]
