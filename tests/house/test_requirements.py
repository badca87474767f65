"""The lock files: complete, hashed, and the same versions in both."""

import re

from tests.conftest import ROOT


def locked(name):
    """{package: (version, number of hashes)} of a lock file."""
    text = (ROOT / name).read_text()
    entries = re.split(r"\n(?=[A-Za-z0-9])", "\n" + re.sub(r"(?m)^#.*\n", "", text))
    found = {}
    for entry in filter(str.strip, entries):
        package, version = re.match(r"\s*([\w.-]+)==([\w.+!-]+)", entry).groups()
        found[package.lower()] = (version, len(re.findall("--hash=sha256:[0-9a-f]{64}", entry)))
    return found


def asked(name):
    """Package names written by hand, in the file and those it includes."""
    found = set()
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("-r "):
            found |= asked(line[3:].strip())
        elif line.strip() and not line.startswith("#"):
            found.add(re.match(r"[\w.-]+", line)[0].lower())
    return found


def test_every_pin_has_a_hash():
    pins = locked("requirements.txt") | locked("requirements-dev.txt")
    assert sorted(name for name, (_, hashes) in pins.items() if not hashes) == []


def test_every_asked_package_is_locked():
    assert sorted(asked("requirements.in") - set(locked("requirements.txt"))) == []
    assert sorted(asked("requirements-dev.in") - set(locked("requirements-dev.txt"))) == []


def test_development_lock_contains_the_other_one():
    development = locked("requirements-dev.txt")
    runtime = locked("requirements.txt")
    assert {name: development.get(name) for name in runtime} == runtime
