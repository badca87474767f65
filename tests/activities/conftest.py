from tests.facts_check import facts_stay_clean  # noqa: F401 – for every test here
