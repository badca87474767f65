from django.urls import include, path

from scoring import adjustment_views, card_setting_views, rehearsal_views, ruleset_views, views

urlpatterns = [
    path("me/", views.me, name="me"),
    path("me/<int:year>/", views.me, name="me"),
    path("report-cards/<int:year>/<uuid:public_id>/", views.card, name="card"),
    path("settings/cards/", card_setting_views.card_setting, name="card_setting"),
    path("seats/", views.cards, name="cards"),
    path("seats/<uuid:public_id>/", views.seat, name="seat"),
    path("rankings/", views.rankings, name="rankings"),
    path("rankings/<int:year>/", views.rankings, name="rankings"),
    path("rulesets/", views.rulesets, name="rulesets"),
    path("rulesets/<uuid:public_id>/", views.ruleset, name="ruleset"),
    path("rulesets/new/", ruleset_views.ruleset_new, name="ruleset_new"),
    path("rulesets/drafts/<uuid:public_id>/", ruleset_views.ruleset_edit, name="ruleset_edit"),
    path("rulesets/drafts/<uuid:public_id>/part/", ruleset_views.ruleset_part, name="ruleset_part"),
    path("rulesets/drafts/<uuid:public_id>/approve/", ruleset_views.ruleset_approve, name="ruleset_approve"),
    path("rulesets/<uuid:public_id>.toml", ruleset_views.ruleset_toml, name="ruleset_toml"),
    path("rulesets/<uuid:public_id>/changes/", ruleset_views.ruleset_changes, name="ruleset_changes"),
    path("rulesets/<uuid:public_id>/rehearse/", rehearsal_views.rehearse, name="rehearse"),
    path("rehearsals/", rehearsal_views.rehearsals, name="rehearsals"),
    path("rehearsals/<uuid:public_id>/", rehearsal_views.rehearsal, name="rehearsal"),
    path("runs/", views.runs, name="runs"),
    path("runs/<uuid:public_id>/", views.run, name="run"),
    path("assessments/<uuid:public_id>/rescore/", views.rescore, name="rescore"),
    path("adjustments/", adjustment_views.adjustments, name="adjustments"),
    path("adjustments/new/", adjustment_views.adjustment_new, name="adjustment_new"),
    path("adjustments/<uuid:public_id>/", adjustment_views.adjustment, name="adjustment"),
    path("adjustments/<uuid:public_id>/decide/", adjustment_views.adjustment_decide, name="adjustment_decide"),
    path("", include("scoring.urls_assessments")),
    path("", include("scoring.urls_objections")),
]
