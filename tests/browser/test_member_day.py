"""Everything a member does, on the smallest phone at the largest type without scripts: each page fits and keeps the type."""

import datetime

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from playwright.sync_api import expect

from activities.models import ContributionKind
from audit.actions import act
from opinions.models import OpinionReport
from proposals.models import Proposal
from proposals.services import record_undertaking
from scoring.models import Assessment, Confirmation
from scoring.services.runs import drive, rescore
from tests.browser.test_first_pages import SMALL_PHONE, overflow, site, small_targets
from tests.cast import make_cast, make_proposal
from tests.papers import jpeg
from tests.scoring.year import fresh, make_year
from tests.test_access_matrix import sign_in

__all__ = ["site"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    """A reply waits to be evaluated, a kind to be reported, and the card to be checked."""
    cast = make_cast()
    year = make_year(0, place=cast.place)
    today = timezone.localdate()
    answered = make_proposal(cast.place, [cast.ordinary], day=today, filed_on=today, title="关于增设公交站的提案")
    record_undertaking(user=None, proposal=answered, unit="示例县交通局", replied_on=today, reply_text="已经增设。")
    with act(user=None, verb="test"):
        kind = ContributionKind.objects.get(committee=cast.place.committee, code="public_service")
        kind.is_reportable = True
        kind.save()
    drive(rescore(user=None, assessment=fresh(year.assessment)))
    with act(user=None, verb="test"):
        assessment = fresh(year.assessment)
        assessment.state = Assessment.State.MEMBER_CHECK
        assessment.member_check_until = today + datetime.timedelta(days=10)
        assessment.save()
    return cast


class Phone:
    """A member's phone. Each page that is opened is looked at: nothing is cut off or too small, the type stays."""

    def __init__(self, browser, site, account):
        self.context = browser.new_context(viewport=SMALL_PHONE, java_script_enabled=False, locale="zh-CN")
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": sign_in(account), "url": site}
        self.context.add_cookies([cookie, {"name": "size", "value": "xxl", "url": site}])
        self.context.set_default_timeout(5000)
        self.page, self.site = self.context.new_page(), site

    def open(self, path):
        self.page.goto(self.site + path)
        self.look()
        return self.page

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()
        self.look()

    def look(self):
        size = self.page.locator("html").get_attribute("data-size")
        assert (self.page.url, size, overflow(self.page), small_targets(self.page)) == (self.page.url, "xxl", 0, [])


def test_member_does_everything_on_the_smallest_phone_without_script(browser, site, cast):
    own, other = Phone(browser, site, cast.ordinary_user), Phone(browser, site, cast.standing_user)
    today = timezone.localdate()

    page = own.open("/me/contributions/new/")
    page.get_by_label("类型").select_option(index=1)
    page.get_by_label("事项").fill("社区义诊")
    page.get_by_label("日期").fill(today.isoformat())
    page.get_by_label("照片或材料").set_input_files({"name": "义诊.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
    own.press("提交核实")
    expect(page.get_by_text("社区义诊").first).to_be_visible()

    page = own.open("/me/proposals/new/")
    page.get_by_label("案由").fill("关于修复排水管网的提案")
    page.get_by_label("正文").fill("老城区逢雨积水，建议分三年修复。")
    page.get_by_label("联名人").fill("欧阳文松")
    own.press("保存草稿")
    draft = Proposal.objects.get(state="draft")
    page = other.open(f"/proposals/{draft.public_id}/")
    other.press("同意联名")
    page = own.open(f"/me/proposals/{draft.public_id}/edit/")
    own.press("保存并提交")
    draft.refresh_from_db()
    assert (draft.state, draft.proposers.filter(is_confirmed=True).count()) == ("submitted", 2)

    page = own.open("/me/opinions/new/")
    page.get_by_label("题目").fill("老人办事难在哪里")
    page.get_by_label("正文").fill("窗口只收手机支付。")
    own.press("保存并报送")
    assert list(OpinionReport.objects.values_list("state", flat=True)) == ["submitted"]

    page = own.open("/me/proposals/")
    for link in ("关于增设公交站的提案", "评议"):
        page.get_by_role("link", name=link, exact=True).click()
        own.look()
    page.get_by_label("基本满意").check()
    own.press("提交评议")
    expect(page.get_by_text("已收到您的评议：基本满意。")).to_be_visible()

    page = own.open("/me/")
    page.get_by_role("link", name="核对无误，去确认").click()
    own.look()
    own.press("我已核对")
    assert Confirmation.objects.count() == 1

    for path in ("/me/notices/", "/me/record/", "/me/years/2026/", "/rulesets/", "/me/objections/", "/me/activities/"):
        own.open(path)
    for phone in (own, other):
        phone.context.close()
