"""Pages for what goes wrong: in Chinese, with the way out, whatever is broken."""

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.defaults import permission_denied, server_error

from tests.cast import make_cast


@pytest.mark.django_db
def test_page_not_found_offers_the_way_back(client):
    cast = make_cast()
    client.force_login(cast.clerk)
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert "没有这个页面" in response.content.decode()
    assert 'href="/activities/"' in response.content.decode()


def test_server_error_needs_no_database():
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert "系统出了问题，这一步没有完成" in response.content.decode()
    assert "Traceback" not in response.content.decode()


@pytest.mark.django_db
def test_forbidden_says_whom_to_ask(rf):
    response = permission_denied(rf.get("/"), PermissionError())
    assert response.status_code == 403
    assert "请联系本单位的安全管理员授权" in response.content.decode()


@pytest.mark.django_db
def test_form_that_waited_too_long_says_what_to_do():
    response = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "a", "password": "b"})
    assert response.status_code == 403
    assert "请返回上一页，刷新后重新提交" in response.content.decode()
