"""The inbox of notices, and where else one wants to hear of them. Everybody has his own; nobody sees another's."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from members.delivery import Channel, addresses_of, channels, set_addresses
from members.listing import ROWS_A_PAGE

EVERY = "every"


@login_required
@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """Unread first. A POST reads one and goes where it leads, or reads all."""
    mine = request.user.notices
    if request.method == "POST":
        return _read(request, mine.all())
    rows = mine.order_by(F("read_at").desc(nulls_first=True), "-pk")
    page = Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page"))
    unread = sum(row.read_at is None for row in page.object_list)
    context = {"page": page, "unread": unread, "has_channels": bool(channels())}
    return render(request, "members/notices.html", context)


def _read(request, mine):
    if request.POST.get("notice") == EVERY:
        count = mine.mark_read()
        messages.success(request, f"已把 {count} 条通知标为已读。" if count else "没有未读的通知。")
        return redirect("notices")
    try:
        chosen = get_object_or_404(mine, public_id=forms.UUIDField().clean(request.POST.get("notice")))
    except forms.ValidationError:
        raise Http404 from None
    mine.filter(pk=chosen.pk).mark_read()
    return redirect(chosen.url or "notices")


class ChannelsForm(forms.Form):
    """One box for each channel; empty switches it off."""

    use_required_attribute = False

    def __init__(self, *args, ways: dict[str, Channel], **options):
        super().__init__(*args, label_suffix="", **options)
        self.ways = ways
        for code, way in ways.items():
            self.fields[code] = forms.CharField(
                label=f"{way.address_label}（选填）",
                max_length=254,
                required=False,
                help_text="不填就不发",
                error_messages={"max_length": f"“{way.address_label}”最多 254 个字，请缩短。"},
            )

    def usual_fields(self):
        return self.visible_fields()

    def clean(self):
        cleaned = super().clean()
        for code, way in self.ways.items():
            if text := cleaned.get(code, ""):
                try:
                    cleaned[code] = way.clean_address(text)
                except forms.ValidationError as error:
                    self.add_error(code, error)
        return cleaned


@login_required
@require_http_methods(["GET", "POST"])
def notice_channels(request: HttpRequest) -> HttpResponse:
    """通知方式; 404 where the operator has set up no channel."""
    ways = channels()
    if not ways:
        raise Http404
    form = ChannelsForm(request.POST or None, ways=ways, initial=addresses_of(request.user))
    if request.method == "POST" and form.is_valid():
        set_addresses(user=request.user, addresses={code: form.cleaned_data[code] for code in ways})
        messages.success(request, "已保存通知方式。")
        return redirect("notices")
    return render(request, "members/notice_channels.html", {"form": form})
