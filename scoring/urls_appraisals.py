"""评价."""

from django.urls import path

from scoring import appraisal_views

urlpatterns = [
    path("me/appraisals/", appraisal_views.my_appraisals, name="my_appraisals"),
    path(
        "me/appraisals/<uuid:public_id>/take-back/",
        appraisal_views.my_appraisal_take_back,
        name="my_appraisal_take_back",
    ),
    path("appraisals/", appraisal_views.appraisals, name="appraisals"),
    path("appraisals/enter/", appraisal_views.appraisal_enter, name="appraisal_enter"),
    path("appraisals/decide/", appraisal_views.appraisals_decide, name="appraisals_decide"),
    path("appraisals/<uuid:public_id>/", appraisal_views.appraisal, name="appraisal"),
    path("appraisals/<uuid:public_id>/reopen/", appraisal_views.appraisal_reopen, name="appraisal_reopen"),
]
