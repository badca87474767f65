"""The page of what was found; a single best hit opens at once."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from desk.search import asked, search
from members.access import Verb, staff_grant
from members.models import Seat


@login_required
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """``?q=``: the hits, or the page of the one that is meant; ``all=1`` lists them in any case."""
    staff_grant(request.user, Verb.VIEW, Seat)
    found = search(request.user, asked(request.GET))
    if found.meant and "all" not in request.GET:
        if found.others:
            listed = f"{reverse('search')}?{urlencode({'q': found.text, 'all': 1})}"
            words = "按“{}”找到的还有 {} 条。<a class='tap' href='{}'>查看全部</a>"
            messages.info(request, format_html(words, found.text, found.others, listed))
        return redirect(found.meant.url)
    return render(request, "desk/search.html", {"found": found})
