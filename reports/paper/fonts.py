"""Which fonts print what. The free ones come with a package; an office's own are in PRINT_FONT_DIR and go first."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst
from django.conf import settings
from fontTools.ttLib import TTFont

logger = logging.getLogger(__name__)

SANS, SERIF = "Noto Sans SC", "Noto Serif SC"
# What official papers ask for, by the names such fonts carry, then ours.
ROLES = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", "方正小标宋简体", "方正小标宋_GBK", SANS),
    "heading": ("SimHei", "黑体", SANS),
    "note": ("KaiTi_GB2312", "楷体_GB2312", "KaiTi", "楷体", SERIF),
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", SERIF),
    "number": ("SimSun", "宋体", SERIF),
}
STAND_IN = "〓"  # what printers set for a character they have not


class MissingCharacters(Exception):
    """A name cannot be printed: some character of it is in no font. The message is for users, in Chinese."""

    def __init__(self, name: str, characters: Iterable[str]):
        told = "、".join(f"“{one}”（U+{ord(one):04X}）" for one in characters)
        super().__init__(
            f"“{name}”中的{told}，打印字体里没有这个字，没有生成文件。"
            "请系统管理员把含有这个字的字体文件（.ttf、.otf 或 .ttc）放进设置 PRINT_FONT_DIR 指定的文件夹，重启后再打印。"
        )


@dataclass(frozen=True, slots=True)
class Fonts:
    """``of_role``: families of each role, in the order in which they are asked. ``has``: the characters of a family."""

    faces: typst.Fonts
    of_role: dict[str, list[str]]
    has: dict[str, frozenset[int]]

    def lack(self, text: str) -> list[str]:
        """Characters of ``text`` that no font has, each once."""
        return [one for one in dict.fromkeys(text) if not self._is_held(one)]

    def printable(self, text: str) -> str:
        """``text`` with a stand-in for what no font has, which is logged."""
        lacking = self.lack(text)
        if lacking:
            logger.warning("No font has %s: %s is printed instead.", _codes(lacking), STAND_IN)
        return "".join(STAND_IN if one in lacking else one for one in text)

    def log_fallback(self, text: str) -> None:
        """Names the characters that the first font of the text does not have and another one prints."""
        first, *others = self.of_role["body"]
        fallen = sorted({one for one in text if not one.isspace() and ord(one) not in self.has[first]})
        if fallen and others:
            logger.warning("%s does not have %s: printed in another font.", first, _codes(fallen))

    def _is_held(self, character: str) -> bool:
        return character == "\n" or any(ord(character) in held for held in self.has.values())


def fonts() -> Fonts:
    """Those of the package and of PRINT_FONT_DIR, read once."""
    return _found(str(settings.PRINT_FONT_DIR))


@lru_cache(maxsize=4)
def _found(own: str) -> Fonts:
    folders = [str(pylopdf_fonts_zh_cn.sans_path().parent)]
    if Path(own).is_dir():
        folders.append(own)
    faces = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    has: dict[str, frozenset[int]] = {}
    for face in faces.fonts():
        held = TTFont(face.path, fontNumber=face.index, lazy=True).getBestCmap() or {}
        has[face.family] = has.get(face.family, frozenset()) | frozenset(held)
    by_name = {family.lower(): family for family in has}
    others = [family for family in has if family not in (SANS, SERIF)]
    of_role = {}
    for role, names in ROLES.items():
        chosen = [by_name[name.lower()] for name in names if name.lower() in by_name]
        of_role[role] = list(dict.fromkeys([*chosen, SERIF, SANS, *others]))
    return Fonts(faces, of_role, has)


def _codes(characters: Iterable[str]) -> str:
    return ", ".join(f"{one} U+{ord(one):04X}" for one in characters)
