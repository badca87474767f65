"""Pinyin of names: surnames first, since a dictionary reads 单 as dān where the person is called shàn.

A surname with several readings in use (覃 qín or tán, 牟 mù or móu, 乐 yuè or lè) has the more frequent one here;
the office can change the initials on the member's row.
"""

import re

from pypinyin import Style, lazy_pinyin

from .spelling import is_han

LATIN_WORD = re.compile(r"[A-Za-z]+")

COMPOUND_SURNAMES = {
    "欧阳": "ou yang",
    "司马": "si ma",
    "上官": "shang guan",
    "诸葛": "zhu ge",
    "东方": "dong fang",
    "皇甫": "huang fu",
    "尉迟": "yu chi",
    "公孙": "gong sun",
    "令狐": "ling hu",
    "慕容": "mu rong",
    "司徒": "si tu",
    "长孙": "zhang sun",
    "宇文": "yu wen",
    "夏侯": "xia hou",
    "南宫": "nan gong",
    "独孤": "du gu",
    "端木": "duan mu",
    "申屠": "shen tu",
    "万俟": "mo qi",
    "澹台": "tan tai",
    "拓跋": "tuo ba",
    "呼延": "hu yan",
    "钟离": "zhong li",
    "鲜于": "xian yu",
    "淳于": "chun yu",
    "濮阳": "pu yang",
    "闻人": "wen ren",
    "赫连": "he lian",
    "太史": "tai shi",
    "轩辕": "xuan yuan",
}

SURNAMES = {
    "单": "shan",
    "解": "xie",
    "仇": "qiu",
    "区": "ou",
    "曾": "zeng",
    "任": "ren",
    "查": "zha",
    "盖": "ge",
    "朴": "piao",
    "缪": "miao",
    "覃": "qin",
    "员": "yun",
    "乐": "yue",
    "翟": "zhai",
    "华": "hua",
    "纪": "ji",
    "折": "she",
    "种": "chong",
    "召": "shao",
    "繁": "po",
    "秘": "bi",
    "牟": "mu",
    "黑": "he",
    "车": "che",
    "祭": "zhai",
    "隗": "wei",
    "洗": "xian",
    "尉": "wei",
    "么": "yao",
    "不": "fou",
    "费": "fei",
    "谌": "chen",
    "行": "xing",
    "角": "jue",
    "乜": "nie",
    "都": "du",
    "句": "gou",
    "能": "nai",
    "佴": "nai",
    "郇": "xun",
    "瞿": "qu",
    "郄": "qie",
    "令": "ling",
    "卜": "bu",
    "藏": "zang",
    "适": "kuo",
    "燕": "yan",
    "过": "guo",
    "那": "na",
    "莘": "shen",
    "冒": "mao",
    "长": "zhang",
    "重": "chong",
    "强": "qiang",
    "相": "xiang",
    "曲": "qu",
    "宁": "ning",
    "应": "ying",
    "万": "wan",
    "石": "shi",
    "沈": "shen",
    "贾": "jia",
    "葛": "ge",
    "柏": "bai",
    "盛": "sheng",
    "谷": "gu",
}


def full_pinyin(name: str) -> str:
    """All syllables of a normalised `name` in one word, lower case, toneless, ü typed as v: 吕宁 → "lvning"."""
    return "".join(syllables(name))


def initials(name: str) -> str:
    """The first letter of each syllable, lower case: 欧阳宁 → "oyn"; a Latin name gives its words' first letters."""
    return "".join(syllable[0] for syllable in syllables(name))


def syllables(name: str) -> list[str]:
    """Syllables of a normalised `name`; Latin words stay whole, a character without a known reading is left out.

    Surname and given name are looked up apart: together the dictionary may take them for a word.
    """
    surname = surname_of(name)
    reading = COMPOUND_SURNAMES.get(surname) or SURNAMES.get(surname)
    head = reading.split() if reading else dictionary_syllables(surname)
    return head + dictionary_syllables(name[len(surname) :])


def surname_of(name: str) -> str:
    """The 复姓 of `name` when a given name follows it, otherwise the first character; "" for a Latin name."""
    if len(name) > 2 and name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1] if is_han(name[:1]) else ""


def dictionary_syllables(text: str) -> list[str]:
    return [syllable.lower() for syllable in lazy_pinyin(text, style=Style.NORMAL, errors=latin_words)]


def latin_words(text: str) -> list[str]:
    return LATIN_WORD.findall(text)
