"""Regulations as TOML files: eight published ones and the demonstration's own."""

from pathlib import Path

FOLDER = Path(__file__).parent


def shipped(name: str) -> str:
    """TOML text of the shipped ruleset ``name`` (file name without ending). KeyError lists what there is."""
    path = FOLDER / f"{name}.toml"
    if not path.is_file():
        raise KeyError(f"no ruleset {name!r}; there are {', '.join(names())}")
    return path.read_text(encoding="utf-8")


def names() -> list[str]:
    """Names of all shipped rulesets, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))
