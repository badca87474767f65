"""Each house lint finds what it is for, and leaves alone what only looks like it."""

import re

import pytest

from tests.house import lints

MODELS = ("scoring/models/fact.py", "class Fact(models.Model): pass\nclass Rule(Tracked): pass\n")


def found(path, text):
    return lints.offences([MODELS, (path, text)])


@pytest.mark.parametrize(
    ("path", "text", "sentence"),
    [
        (
            "members/views.py",
            "rows = Seat.objects.all()",
            ".objects in a view: rows come from members.access.visible(user, Model)",
        ),
        (
            "scoring/api.py",
            "rows = Rule._default_manager.all()",
            "._default_manager in a view: rows come from members.access.visible(user, Model)",
        ),
        (
            "scoring/services.py",
            "Rule.objects.filter(pk=1).update(x=1)",
            ".update( on a queryset leaves no history: use audit/history.py",
        ),
        (
            "scoring/services.py",
            "Rule.objects.bulk_create(rows)",
            ".bulk_create( on a queryset leaves no history: use audit/history.py",
        ),
        (
            "scoring/services.py",
            "rules.filter(x=1).delete()",
            ".delete( on a queryset leaves no history: use audit/history.py",
        ),
        (
            "scoring/services.py",
            "rules = Rule.objects.all()\nrules.filter(x=1).delete()",
            ".delete( on a queryset leaves no history: use audit/history.py",
        ),
        (
            "members/services.py",
            "post_save.connect(f)",
            "post_save: write a function in services.py instead of a model signal",
        ),
        (
            "members/models/seat.py",
            "class Seat:\n    def save(self): pass",
            "save(): logic belongs in services.py",
        ),
        ("scoring/engine/score.py", "x = 0.5", "0.5: the engine knows no floating point numbers"),
        ("scoring/engine/score.py", "x = float(y)", "float(): the engine knows no floating point numbers"),
        (
            "tests/members/test_x.py",
            "pytest.skip('no')",
            "pytest.skip: choose tests by marker, never skip them",
        ),
        ("tests/members/test_x.py", "time.sleep(1)", "time.sleep: wait for the event itself"),
        ("tests/members/test_x.py", "from unittest import mock", "mock: use the real thing, it is ours"),
        ("tests/members/test_x.py", "def test_x(): pass", "test_x asserts nothing"),
        ("templates/a.html", '<p style="color:red">', "an inline style in a template"),
        ("templates/a.html", "<script>go()</script>", "an inline script in a template"),
        ("templates/a.html", '<a onclick="go()">', "an inline event handler in a template"),
        ("templates/a.html", "{{ text|safe }}", "|safe in a template"),
        ("requirements.txt", "--index-url https://example.org/simple", "the address of a package index"),
        ("docs/a.md", "see " + "TO" + "DO", "a note to oneself: finish it or open an issue"),
        ("desk/x.py", "TASK_ALWAYS_" + "EAGER = 1", "eager Celery proves nothing: tests run real workers"),
    ],
)
def test_lint_finds(path, text, sentence):
    assert [problem.partition(": ")[2] for problem in found(path, text)] == [sentence]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("members/services.py", "rows = Seat.objects.all()"),
        ("members/views.py", "rows = visible(user, Seat)"),
        ("scoring/facts.py", "Fact.objects.bulk_create(rows)\nFact.objects.filter(x=1).delete()"),
        ("scoring/facts.py", "facts = Fact.objects.all()\nfacts.filter(x=1).delete()"),
        ("scoring/services.py", "values.update(x=1)\nrow.delete()"),
        ("audit/history.py", "model.objects.filter(x=1).update(y=2)"),
        ("scoring/services.py", "half = 0.5"),
        ("templates/a.html", '<script src="{% static "x.js" %}" defer></script>'),
        ("templates/a.html", '<table class="style"><td data-on="1">'),
    ],
)
def test_lint_leaves_alone(path, text):
    assert found(path, text) == []


def test_lint_names_file_and_line():
    assert found("scoring/engine/score.py", "a = 1\nb = 2.5\n") == [
        "scoring/engine/score.py:2: 2.5: the engine knows no floating point numbers"
    ]


def test_lint_finds_a_path_of_this_machine():
    patterns = [re.compile(re.escape("/srv/checkout"))]
    assert list(lints.machine_traces("docs/a.md", "cd /srv/checkout", patterns)) == [
        (1, "a path or name of this machine")
    ]
