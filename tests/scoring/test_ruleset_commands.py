"""import_ruleset and export_ruleset."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scoring import engine
from scoring.models import Ruleset
from tests.cast import make_committee
from tests.scoring.year import RULES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committee():
    return make_committee().committee


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return path


def test_import_keeps_a_draft_and_says_so(file):
    said = run("import_ruleset", str(file), "--committee", "yunhe")
    assert (said, Ruleset.objects.get().state) == ("已导入：测试用办法（2026 年第 1 版），草稿。\n", "draft")


def test_shipped_regulation_is_imported_by_name_into_a_year_and_approved():
    said = run("import_ruleset", "sample", "--committee", "yunhe", "--year", "2027", "--approve")
    row = Ruleset.objects.get()
    assert (row.year, row.state, said.endswith("（2027 年第 1 版），已审定。\n")) == (2027, "approved", True)


def test_export_is_the_approved_text(file, tmp_path):
    run("import_ruleset", str(file), "--committee", "yunhe", "--approve")
    target = tmp_path / "out.toml"
    run("export_ruleset", "--committee", "yunhe", "--year", "2026", "--output", str(target))
    assert target.read_text(encoding="utf-8") == Ruleset.objects.get().toml == engine.dumps(engine.loads(RULES))


def test_export_prints_a_draft_and_a_chosen_version(file):
    run("import_ruleset", str(file), "--committee", "yunhe", "--approve")
    run("import_ruleset", str(file), "--committee", "yunhe", "--reason", "修订")
    arguments = ["export_ruleset", "--committee", "yunhe", "--year", "2026"]
    assert [engine.loads(run(*arguments, *more)).version for more in ([], ["--version", "1"])] == [2, 1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sample", "--committee", "nowhere"], "没有代码为“nowhere”的委员会；现有：yunhe。"),
        (["unknown", "--committee", "yunhe"], "找不到文件“unknown”。请写 TOML 文件的路径，或附带办法之一："),
    ],
)
def test_import_says_what_it_cannot_find(arguments, expected):
    with pytest.raises(CommandError) as refusal:
        run("import_ruleset", *arguments)
    assert str(refusal.value).startswith(expected)


def test_import_gives_the_line_of_what_is_wrong(file):
    file.write_text(RULES.replace("points = 5", "pionts = 5"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"rules.toml 不能导入：\n规则 .*（第 \d+ 行）"):
        run("import_ruleset", str(file), "--committee", "yunhe")


def test_import_of_other_bytes_says_how_to_save(file):
    file.write_bytes("标题".encode("gb18030"))
    with pytest.raises(CommandError, match=r"rules.toml 不是 UTF-8 文本。请另存为 UTF-8 后再导入。"):
        run("import_ruleset", str(file), "--committee", "yunhe")


def test_second_version_by_command_needs_its_reason(file):
    run("import_ruleset", str(file), "--committee", "yunhe", "--approve")
    with pytest.raises(CommandError, match="保存第 2 版没有写修订理由"):
        run("import_ruleset", str(file), "--committee", "yunhe")


def test_export_of_what_is_not_there_says_what_to_check():
    with pytest.raises(CommandError, match="委员会“yunhe”没有 2026 年委员的考核办法。请核对委员会代码"):
        run("export_ruleset", "--committee", "yunhe", "--year", "2026")
