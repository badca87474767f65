"""The made-up people of the demonstration."""

import hashlib
from collections import Counter
from itertools import product
from pathlib import Path

import pytest

from desk.demo import people as demo
from desk.demo.people import COMMON_SURNAMES, OTHER_SURNAMES, PARTICULAR_NAMES, people
from members.names import normalise_name, unknown_characters
from members.telephone import normalise_telephone

LEADERS = frozenset(Path(__file__).with_name("leaders.txt").read_text(encoding="utf-8").splitlines()[1:])


@pytest.fixture(scope="module")
def committee():
    return people(300, seed=20261122)


@pytest.fixture(scope="module")
def crowd():
    return people(5000, seed=1)


def possible_names():
    pools = [
        demo.MALE_SINGLE,
        demo.FEMALE_SINGLE,
        map("".join, product(demo.MALE_FIRST, demo.MALE_SECOND)),
        map("".join, product(demo.FEMALE_FIRST, demo.FEMALE_SECOND)),
    ]
    given_names = [given for pool in pools for given in pool]
    yield from map("".join, product(COMMON_SURNAMES + OTHER_SURNAMES, given_names))
    yield from (name for name, _, _ in PARTICULAR_NAMES)


def short_hash(name):
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def test_people_are_the_same_for_the_same_seed():
    digest = hashlib.sha256(repr(people(300, seed=7)).encode()).hexdigest()
    assert digest == "41185603e8defef8808d1133dcdca2ee94c98654bd94294c0bda00204c6df741"


def test_people_differ_for_another_seed():
    assert people(20, seed=1) != people(20, seed=2)


def test_people_bear_no_leading_officials_name():
    assert [name for name in possible_names() if short_hash(name) in LEADERS] == []


def test_people_have_exactly_one_pair_of_namesakes_in_different_units(committee):
    by_name = Counter(person.name for person in committee)
    (name,) = [name for name, count in by_name.items() if count > 1]
    pair = [person for person in committee if person.name == name]
    assert (by_name[name], len({person.unit for person in pair}), len({person.sex for person in pair})) == (2, 2, 1)


def test_people_include_every_particular_name(committee):
    names = {(person.name, person.sex, person.ethnicity) for person in committee}
    assert set(PARTICULAR_NAMES) <= names


def test_particular_names_hold_the_rare_characters():
    assert set("喆珺玥祎堃䶮") <= set("".join(name for name, _, _ in PARTICULAR_NAMES))


def test_people_have_one_name_to_place_by_hand(committee):
    assert [person.name for person in committee if unknown_characters(person.name)] == ["沈䶮"]


def test_people_have_names_and_telephones_in_their_one_spelling(committee):
    spellings = [(normalise_name(person.name), normalise_telephone(person.telephone)) for person in committee]
    assert spellings == [(person.name, person.telephone) for person in committee]


def test_telephones_cannot_be_dialled_by_mistake(committee):
    assert {person.telephone[:7] for person in committee} == {"1390000"}


def test_committees_share_no_telephone():
    lists = [people(300, seed=1), people(20, seed=2, first_telephone=300), people(20, seed=3, first_telephone=320)]
    assert len({person.telephone for made in lists for person in made}) == 340


def test_telephones_that_run_out_are_refused():
    with pytest.raises(ValueError, match="do not fit"):
        people(20, seed=1, first_telephone=9981)


def test_common_surnames_are_a_hundred_different_ones():
    surnames = COMMON_SURNAMES + OTHER_SURNAMES
    assert (len(COMMON_SURNAMES), len(set(surnames))) == (100, len(surnames))


def test_surnames_follow_their_published_shares(crowd):
    ordinary = [
        person.name[0] for person in crowd if (person.name, person.sex, person.ethnicity) not in PARTICULAR_NAMES
    ]
    share = {surname: 100 * count / len(ordinary) for surname, count in Counter(ordinary).items()}
    common = sum(share[surname] for surname in COMMON_SURNAMES if surname in share)
    assert (common, share["王"], share["陈"]) == pytest.approx((85.9, 7.0, 4.2), abs=0.7)


def test_shares_of_women_short_names_and_parties_are_realistic(crowd):
    women = sum(person.sex == "female" for person in crowd) / len(crowd)
    short = sum(len(person.name) == 2 for person in crowd) / len(crowd)
    communists = sum(person.party == "中共" for person in crowd) / len(crowd)
    assert (women, short, communists) == pytest.approx((0.30, 0.16, 0.38), abs=0.02)  # three deviations


def test_people_belong_to_every_party(committee):
    assert {person.party for person in committee} == set(demo.PARTIES)


def test_units_and_duties_belong_together(committee):
    assert [person for person in committee if person.duty not in demo.UNITS[person.unit]] == []


def test_units_are_recognisable_as_made_up():
    assert [unit for unit in demo.UNITS if not unit.startswith("示例")] == []


def test_people_were_born_between_1962_and_1995(crowd):
    years = {person.birth_on.year for person in crowd}
    assert (min(years), max(years)) == (1962, 1995)
