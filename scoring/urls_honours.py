from django.urls import path

from scoring import honour_views, talk_views

urlpatterns = [
    path("honours/<int:year>/", honour_views.honours, name="honours"),
    path("honours/<int:year>/list/", honour_views.honours_list, name="honours_list"),
    path("commendations/<uuid:public_id>/withdraw/", honour_views.commendation_withdraw, name="commendation_withdraw"),
    path("talks/", talk_views.talks, name="talks"),
    path("talks/<uuid:public_id>/remove/", talk_views.talk_remove, name="talk_remove"),
]
