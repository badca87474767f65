"""手工排位: the place of a name whose characters the stroke table does not know, or that precedent puts elsewhere."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from members.access import Verb, visible
from members.models import Member, Seat
from members.names import LAST, unknown_characters
from members.recording import RecordForm, form_page
from members.services import place_by_hand


class PositionForm(RecordForm):
    model = Member
    title = "手工排位"

    position = forms.CharField(
        label="排在谁的后面",
        max_length=60,
        required=False,
        help_text=f"填一个姓名，不必是委员；填“{LAST}”排在同姓的最后；留空则按笔画表排",
    )
    reason = forms.CharField(label="理由", max_length=200, required=False, help_text="例如：“䶮”字不在笔画表内")

    def __init__(self, *args: Any, member: Member, **options: Any):
        shown = {"position": member.hand_position, "reason": member.hand_position_reason}
        super().__init__(*args, committee=member.committee, initial=shown, **options)
        self.member = member

    def save(self) -> Member:
        given = self.cleaned_data
        self.attempt(place_by_hand, member=self.member, position=given["position"], reason=given["reason"])
        return self.member

    def take_errors(self, error: Any) -> None:
        names = {"hand_position": "position", "hand_position_reason": "reason"}
        for name, found in error.message_dict.items():
            self.add_error(names.get(name), found)


@login_required
@require_http_methods(["GET", "POST"])
def seat_position(request: HttpRequest, public_id: str) -> HttpResponse:
    """Set the place of one person in the stroke order by hand, with a reason."""
    members = visible(request.user, Member, Verb.LOG)
    seat = get_object_or_404(
        visible(request.user, Seat).filter(member__in=members).select_related("member__committee"), public_id=public_id
    )
    page = reverse("seat", args=[seat.public_id])

    def done(member: Member) -> str:
        messages.success(request, f"已保存{member}的排位。")
        return page

    return form_page(
        request,
        lambda data: PositionForm(data, user=request.user, member=seat.member),
        back=page,
        then=done,
        intro=position_note(seat.member) or f"{seat.member}现在按姓氏笔画表排列。",
    )


def position_note(member: Member) -> str:
    """What the seat's page says of a place that is not, or cannot be, the table's; "" for everybody else."""
    if member.hand_position:
        where = "同姓的最后" if member.hand_position == LAST else f"“{member.hand_position}”之后"
        return f"手工排在{where}：{member.hand_position_reason}"
    unknown = unknown_characters(member.name)
    if unknown:
        return f"姓名中的“{''.join(unknown)}”不在笔画表内，暂排在同姓的最后，请手工排位并写明理由。"
    return ""
