from django.urls import path

from desk import gate_views

urlpatterns = [path("activities/sittings/<uuid:public_id>/gate/", gate_views.gate, name="gate")]
