"""/api/v1/: read-only, for signed-in users, rows by the same access as the pages."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

from activities.api import ActivityViewSet, AttendanceViewSet, ContributionViewSet
from members.api import SeatViewSet
from opinions.api import OpinionReportViewSet
from proposals.api import ProposalViewSet
from scoring.api import CardViewSet

router = SimpleRouter(use_regex_path=False)
router.register("seats", SeatViewSet, basename="api_seat")
router.register("activities", ActivityViewSet, basename="api_activity")
router.register("attendances", AttendanceViewSet, basename="api_attendance")
router.register("contributions", ContributionViewSet, basename="api_contribution")
router.register("proposals", ProposalViewSet, basename="api_proposal")
router.register("opinions", OpinionReportViewSet, basename="api_opinion")
router.register("cards", CardViewSet, basename="api_card")

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api_schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            permission_classes=[IsAuthenticated], url_name="api_schema", template_name="api/docs.html"
        ),
        name="api_docs",
    ),
    path("", include(router.urls)),
]
