"""manage.py import_sheet: what it prints and how it ends."""

import io

import pytest
from django.core.management import CommandError, call_command

from audit.models import Action
from members.models import Seat
from tests.cast import make_account, make_committee
from tests.desk.sheets import database_digest, xlsx

pytestmark = pytest.mark.django_db

HEADER = ("委员编号", "姓名", "界别", "备注")
GOOD = ("001", "单志松", "农业", "")
BAD = ("002", "沈宁", "工商", "")


def run(*arguments):
    """(exit code, what was printed, what was printed as an error)."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    try:
        call_command("import_sheet", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        code = end.code
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def roster(tmp_path):
    """Writes a roster and returns its path."""

    def write(*rows):
        file = tmp_path / "名册.xlsx"
        file.write_bytes(xlsx(HEADER, *rows))
        return file

    return write


def test_the_command_prints_counts_and_notices(roster):
    make_committee()
    code, out, err = run("members", roster(GOOD), "--committee", "yunhe")
    assert (code, err) == (0, "")
    assert out == ("注意：没有导入这些列（系统不认识列名）：备注。\n导入完成：新增 1 名委员，更新 0，相同 0。\n")


def test_the_command_prints_errors_and_ends_with_one(roster):
    make_committee()
    before = database_digest()
    code, out, err = run("members", roster(GOOD, BAD), "--committee", "yunhe")
    assert code == 1
    assert out == "注意：没有导入这些列（系统不认识列名）：备注。\n"
    assert err == (
        "第 3 行“界别”是“工商”，系统里没有。请改为已有界别之一（科学技术、农业），或请管理员新增。\n"
        "没有导入：有 1 处错误，请改正后重新导入整个文件。\n"
    )
    assert database_digest() == before


def test_bad_rows_are_skipped_when_asked(roster):
    make_committee()
    code, out, _ = run("members", roster(GOOD, BAD), "--committee", "yunhe", "--skip-bad-rows")
    assert code == 0
    assert out.splitlines()[-1] == "导入完成：新增 1 名委员，更新 0，相同 0，跳过 1 处错误所在的行。"
    assert list(Seat.objects.values_list("number", flat=True)) == ["001"]


def test_a_dry_run_stores_nothing(roster):
    make_committee()
    before = database_digest()
    code, out, _ = run("members", roster(GOOD), "--dry-run")
    assert code == 0
    assert out.splitlines()[-1] == "试导入完成，没有保存：新增 1 名委员，更新 0，相同 0。"
    assert database_digest() == before


def test_the_action_names_the_user(roster):
    place = make_committee()
    account = make_account(place, "clerk")
    run("members", roster(GOOD), "--user", "clerk")
    assert Action.objects.latest("id").user == account


def test_the_only_committee_and_office_need_not_be_named(roster):
    make_committee()
    with pytest.raises(CommandError) as stopped:
        call_command("import_sheet", "proposals", str(roster(GOOD)))
    assert str(stopped.value) == ("请用 --office 写明处室。已有的处室：liaison（委员联络室）、proposals（提案室）。")


def test_unknown_committee_user_and_file_are_said(roster, tmp_path):
    make_committee()
    messages = []
    for arguments in (
        ("members", roster(GOOD), "--committee", "nowhere"),
        ("members", roster(GOOD), "--user", "nobody"),
        ("members", tmp_path / "nothing.xlsx"),
    ):
        with pytest.raises(CommandError) as stopped:
            call_command("import_sheet", *map(str, arguments))
        messages.append(str(stopped.value))
    assert messages == [
        "没有代码为“nowhere”的委员会。已有的委员会：yunhe（政协yunhe政协委员会）。",
        "没有账号“nobody”。请核对 --user。",
        f"打不开文件 {tmp_path / 'nothing.xlsx'}：No such file or directory。请核对路径。",
    ]
