"""成绩单 on paper: in bulk and labels for the chair's office; one's own, and one from the card's page."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.actions import act
from members.access import Verb, staff_grant, visible
from members.models import Subject
from reports import print_files, print_jobs
from reports.answers import MEDIA_TYPES, answer, not_printed
from reports.card_forms import CardsForm
from reports.cards import cards, source_of
from reports.choice import entries_of
from reports.models import PrintJob
from reports.paper import MissingCharacters
from scoring import cardpage
from scoring.models import Assessment, ReportCard
from scoring.progress import is_worker_alive

REFRESH_SECONDS = 2
SHOWN = 10  # jobs on the page that asks for them


# ---------------------------------------------------------------- in bulk
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def card_prints(request, year):
    """Choose whose cards or labels are printed, and ask for them. ?of= names the kind of subject, members without it."""
    grant = staff_grant(request.user, Verb.RANK, PrintJob)
    rows = visible(request.user, Assessment, Verb.RANK).filter(committee=grant.committee)
    assessment = get_object_or_404(
        rows.select_related("committee", "ruleset"),
        year=year,
        subject_kind=request.GET.get("of", Subject.Kind.MEMBER).replace("\0", ""),
    )
    source = source_of(assessment)
    entries = entries_of(source)
    has_people = assessment.subject_kind == Subject.Kind.MEMBER
    form = CardsForm(request.POST or None, entries=entries, has_people=has_people)
    if request.method == "POST" and form.is_valid():
        try:
            job = print_jobs.ask(
                user=request.user,
                assessment=assessment,
                what=form.cleaned_data.get("what", PrintJob.What.CARDS),
                form=form.cleaned_data["form"],
                choice=form.choice,
                grant=grant,
            )
            messages.success(request, "已开始制作，本页会自动刷新。")
            return redirect("print_job", job.public_id)
        except ValidationError as refusal:
            form.add_error("people" if form.cleaned_data.get("people") else None, refusal)
    jobs = visible(request.user, PrintJob, Verb.RANK).filter(assessment=assessment).select_related("asked_by")
    context = {
        "assessment": assessment,
        "edition": source.edition,
        "count": len(entries),
        "has_people": has_people,
        "form": form,
        "jobs": jobs[:SHOWN],
        "kept_days": print_jobs.KEPT_DAYS,
    }
    return render(request, "reports/cards.html", context)


@require_safe
@login_required
def print_job(request, public_id):
    """Its progress while it is open, the file when it is done, why not when it failed."""
    job = _job(request, public_id)
    is_open = job.state in print_jobs.OPEN
    context = {
        "job": job,
        "is_open": is_open,
        "is_outdated": print_jobs.is_outdated(job),
        "done": print_jobs.done_of(job),
        "is_worker_alive": is_worker_alive(),
        "kept_until": job.done_at and job.done_at + timedelta(days=print_jobs.KEPT_DAYS),
    }
    response = render(request, "reports/cards_job.html", context)
    if is_open:
        # The page reloads itself, without a script, as long as there is something to wait for.
        response["Refresh"] = str(REFRESH_SECONDS)
    return response


@require_POST
@login_required
def print_file(request, public_id):
    """The file. A POST, since taking it out is itself an act on record."""
    job = _job(request, public_id)
    if job.state != PrintJob.State.DONE:
        raise Http404
    try:
        file = print_files.made_of(job.public_id, job.form).open("rb")
    except FileNotFoundError:
        messages.error(request, "做好的文件不见了，可能有人清理了存放打印文件的文件夹。请点“再做一次”。")
        return redirect("print_job", job.public_id)
    committee = job.assessment.committee
    with act(
        user=request.user,
        verb="下载打印文件",
        reason=f"{job}：{job.get_what_display()}，{job.told}"[:500],
        grant=_grant(request, job),
        committee=committee,
    ):
        name = f"{committee.short_name}{job.assessment.year}年度{job.get_what_display()}.{job.form}"
        return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPES[f".{job.form}"])


@require_POST
@login_required
def print_again(request, public_id):
    """The same once more, for a job that failed or whose file is gone."""
    job = _job(request, public_id)
    try:
        made = print_jobs.again(user=request.user, job=job, grant=_grant(request, job))
    except ValidationError as refusal:
        messages.error(request, "".join(refusal.messages))
        return redirect("print_job", job.public_id)
    return redirect("print_job", made.public_id)


def _job(request, public_id):
    rows = visible(request.user, PrintJob, Verb.RANK).select_related(
        "assessment__committee", "assessment__ruleset", "edition", "asked_by"
    )
    return get_object_or_404(
        rows.defer("edition__document", "edition__ruleset", "edition__changes"), public_id=public_id
    )


def _grant(request, job):
    grant = staff_grant(request.user, Verb.RANK, PrintJob)
    return grant if grant.committee_id == job.assessment.committee_id else None


# ---------------------------------------------------------------- one card
@require_safe
@login_required
def my_card_pdf(request, year):
    """A member's own card as it is printed."""
    if request.user.member_id is None:
        raise Http404
    own = visible(request.user, Subject).filter(seat__member=request.user.member_id)
    return _one(request, own, year, "我的履职成绩单")


@require_safe
@login_required
def card_pdf(request, year, public_id):
    """The same for those who may see other people's cards; ``public_id`` is the subject's."""
    staff_grant(request.user, Verb.VIEW, ReportCard)
    subject = get_object_or_404(visible(request.user, Subject), public_id=public_id)
    return _one(request, visible(request.user, Subject).filter(pk=subject.pk), year, f"{subject.name}-履职成绩单")


def _one(request, subjects, year, name):
    # Of a draft nothing holds yet.
    found = visible(request.user, Assessment).filter(year=year).exclude(state=Assessment.State.DRAFT)
    covering = cardpage.covering(found.select_related("committee", "ruleset"), subjects)
    if not covering:
        raise Http404
    assessment = covering[0]
    subject = cardpage.subject_in(assessment, subjects)
    source = source_of(assessment)
    made = cards(source, [subject.pk])
    if not made:
        raise Http404
    try:
        content = print_jobs.cards_pdf(made, source.at or timezone.now())
    except MissingCharacters as refusal:
        return not_printed(request, refusal)
    return answer(content, f"{name}-{year}.pdf")
