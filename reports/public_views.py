"""The public page, for anybody: no session is needed, and it says the same to everybody."""

import time
from ipaddress import ip_address, ip_network

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_safe

from members.signin import client_address
from reports.public import public_of

VIEWS_A_MINUTE = 600  # of one address, in one process: a whole office may stand behind one
MINUTE = 60


@require_safe
@conditional_page
def public_year(request: HttpRequest, code: str, year: int) -> HttpResponse:
    """Caches may keep it but must ask each time, so that a page that was switched off is gone at once."""
    if _is_too_often(request):
        response = render(request, "reports/public_busy.html", status=429)
        response["Retry-After"] = str(MINUTE)
        return response
    found = public_of(code, year)
    if found is None:
        raise Http404
    response = render(request, "reports/public.html", {"public": found})
    patch_cache_control(response, no_cache=True)
    # The committee may take names back; copies kept by search engines would stay.
    response["X-Robots-Tag"] = "noindex, noarchive"
    return response


def _is_too_often(request: HttpRequest) -> bool:
    key = f"public-{_network(client_address(request))}-{int(time.time()) // MINUTE}"
    cache.add(key, 0, 2 * MINUTE)
    return cache.incr(key) > VIEWS_A_MINUTE


def _network(address: str | None) -> str:
    """Of IPv6 the /64 that one line has, since who has one may send each request from another address of it."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return ""
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(found)
