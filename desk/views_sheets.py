"""Templates of sheets to download."""

from urllib.parse import quote

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from activities.models import Activity, Contribution
from desk.sheets.template import TEMPLATES, template
from members.access import Verb, allowed_grant
from members.columns import Context, SheetProblem
from members.models import Seat
from opinions.models import OpinionReport
from proposals.models import Proposal
from scoring.models import Appraisal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LOGGED = {
    "members": Seat,
    "meetings": Activity,
    "meetings_wide": Activity,
    "proposals": Proposal,
    "opinions": OpinionReport,
    "contributions": Contribution,
    "appraisals": Appraisal,
}


@require_safe
@login_required
def sheet_template(request, kind):
    """The template of a kind of sheet, for those who may log such records; 404 for everybody else."""
    if kind not in TEMPLATES:
        raise Http404
    grant = allowed_grant(request.user, Verb.LOG, LOGGED[kind])
    try:
        content = template(kind, Context(committee=grant.committee, user=request.user))
    except SheetProblem as problem:
        return HttpResponse(str(problem), status=409, content_type="text/plain; charset=utf-8")
    name = quote(f"{TEMPLATES[kind]}导入模板.xlsx")
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
    )
