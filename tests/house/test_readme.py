"""README says what there is: every variable of the settings, every command."""

import re

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()
COMMANDS = {path.stem for path in ROOT.glob("*/management/commands/[a-z]*.py")}


def section(title):
    return README.partition(f"# {title}\n")[2].partition("\n#")[0]


def test_readme_lists_every_variable_of_the_settings():
    read = re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "cppcc" / "settings.py").read_text())
    listed = [
        name
        for row in re.findall(r"(?m)^\| (`[A-Z].*?) \|", section("Environment"))
        for name in re.findall("`([A-Z_]+)`", row)
    ]
    assert sorted(set(read)) == sorted(listed)


def test_readme_lists_every_command():
    listed = re.findall(r"(?m)^\| `(\w+)", section("Real input"))
    assert sorted([*listed, "demo"]) == sorted(COMMANDS)


def test_readme_links_lead_to_files():
    links = [
        (page.name, link)
        for page in ROOT.glob("*.md")
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text())
    ]
    assert [(page, link) for page, link in links if not (ROOT / link).exists()] == []
