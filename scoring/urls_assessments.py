from django.urls import path

from scoring import assessment_views as views
from scoring import trace_views

urlpatterns = [
    path("report-cards/<int:year>/<uuid:public_id>/trace/", trace_views.card_trace, name="card_trace"),
    path("assessments/", views.assessments, name="assessments"),
    path("assessments/<uuid:public_id>/", views.assessment, name="assessment"),
    path("assessments/<uuid:public_id>/move/", views.assessment_move, name="assessment_move"),
    path("rulesets/<uuid:public_id>/start/", views.assessment_start, name="assessment_start"),
    path("editions/<uuid:public_id>/", views.edition, name="edition"),
    path("editions/<uuid:public_id>/document/", views.edition_document, name="edition_document"),
    path("verify/", views.verify, name="verify"),
]
