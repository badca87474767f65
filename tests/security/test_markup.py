"""What people type is text on every page, never markup, and nothing in a page runs that is not the site's own file."""

import re

import pytest
from django.urls import reverse

from activities.services import record_leave
from opinions.services import record_adoption, record_instruction
from proposals.services import honour_proposal, record_undertaking
from scoring.services.adjustments import propose_adjustment
from tests.cast import DAY, make_activity, make_cast, make_contribution, make_proposal, make_report, make_seat
from tests.scoring.year import make_year

pytestmark = pytest.mark.django_db

TAG = "<b onclick=x>'\"{{7|add:7}}"


@pytest.fixture
def pages(db):
    """The cast, and the addresses of pages that show a tag in every text that can be typed."""
    cast = make_cast()
    place, office = cast.place, cast.place.offices[0]
    make_year(1, place=place)
    seat = make_seat(place, "沈同", unit=TAG, duty=TAG, party=TAG)
    activity = make_activity(place, [seat], name=TAG)
    record_leave(user=None, activity=activity, seat=seat, kind="sick", reason=TAG)
    contribution = make_contribution(place, seat, title=TAG)
    proposal = make_proposal(place, [seat], office=office, title=TAG, number=TAG[:20], filed_on=DAY)
    honour_proposal(user=None, proposal=proposal, kind="key", decided_on=DAY, reason=TAG, leading_chair=TAG)
    record_undertaking(user=None, proposal=proposal, unit=TAG, reply_class="<>")
    report = make_report(place, [seat], title=TAG, number=TAG[:20])
    record_adoption(user=None, report=report, level="city", organ=TAG, adopted_on=DAY)
    record_instruction(user=None, report=report, level="city", given_by=TAG, instructed_on=DAY)
    who = {"user": cast.clerk, "committee": place.committee, "office": office, "subject": seat.subject}
    adjustment = propose_adjustment(**who, effect="veto", happened_on=DAY, reason=TAG)
    named = [("activity", activity), ("contribution", contribution), ("proposal", proposal), ("opinion", report)]
    named += [("adjustment", adjustment), ("seat", seat), ("attendance", activity.sittings.get())]
    named += [(f"{name}_edit", row) for name, row in named if name in {"activity", "proposal", "opinion"}]
    cast.addresses = [reverse(name, args=[row.public_id]) for name, row in named]
    cast.addresses += [reverse("card", args=[2026, seat.subject.public_id])]
    cast.addresses += [reverse(name) for name in ("home", "activities", "contributions", "proposals", "opinions")]
    cast.addresses += [reverse("adjustments"), reverse("cards"), f"/proposals/?q={TAG}", f"/seats/?q={TAG}"]
    return cast


def test_typed_markup_is_text_on_every_page(client, pages):
    client.force_login(pages.whole_clerk)
    texts = {address: client.get(address).content.decode() for address in pages.addresses}
    assert [address for address, text in texts.items() if "<b onclick" in text] == []
    # Escaped once, so that people read what was typed.
    assert [address for address, text in texts.items() if "&amp;lt;b" in text] == []
    assert sum("&lt;b onclick" in text for text in texts.values()) > 12


def test_pages_hold_no_script_or_style_of_their_own(client, pages):
    """What the policy of the site would refuse to run is not there in the first place."""
    client.force_login(pages.whole_clerk)
    own = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=\"|javascript:")
    assert [address for address in pages.addresses if own.search(client.get(address).content.decode())] == []
