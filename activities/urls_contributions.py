from django.urls import path

from activities import contribution_kind_views, contribution_views, my_contribution_views

urlpatterns = [
    path("contributions/", contribution_views.contributions, name="contributions"),
    path("contributions/new/", contribution_views.contribution_new, name="contribution_new"),
    path("contributions/paste/", contribution_views.contribution_paste, name="contribution_paste"),
    path("contributions/kinds/", contribution_kind_views.kinds, name="contribution_kinds"),
    path("contributions/kinds/new/", contribution_kind_views.kind_new, name="contribution_kind_new"),
    path("contributions/kinds/<uuid:public_id>/", contribution_kind_views.kind_edit, name="contribution_kind"),
    path(
        "contributions/kinds/<uuid:public_id>/remove/",
        contribution_kind_views.kind_remove,
        name="contribution_kind_remove",
    ),
    path("contributions/<uuid:public_id>/", contribution_views.contribution, name="contribution"),
    path("contributions/<uuid:public_id>/edit/", contribution_views.contribution_edit, name="contribution_edit"),
    path("contributions/<uuid:public_id>/decide/", contribution_views.contribution_decide, name="contribution_decide"),
    path("me/contributions/", my_contribution_views.my_contributions, name="my_contributions"),
    path("me/contributions/new/", my_contribution_views.my_contribution_new, name="my_contribution_new"),
    path(
        "me/contributions/<uuid:public_id>/edit/",
        my_contribution_views.my_contribution_edit,
        name="my_contribution_edit",
    ),
    path(
        "me/contributions/<uuid:public_id>/take-back/",
        my_contribution_views.my_contribution_take_back,
        name="my_contribution_take_back",
    ),
]
