"""Made-up people for the demonstration, the same for the same seed.

Surnames follow published frequencies. Given names come from characters chosen so that no name of a leading official can be
put together from them (a test holds a list of hashes); units are called 示例…; telephone numbers lie in 1390000xxxx, which
nobody dials by mistake.
"""

import datetime
import random
from dataclasses import dataclass, replace
from itertools import accumulate

# The hundred surnames of the 2019 report of the Ministry of Public Security, most frequent first; together 85.9 % of people.
COMMON_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
    "姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严欧莫孔向"
)
COMMON_SHARE = 85.9
# Shares in per cent of the first twenty (2010 census); the 91st has 275 and the 97th 261 of 140,500 ten thousand (2019).
FIRST_SHARES = (
    *(7.10, 6.96, 6.42, 5.16, 4.26, 2.97, 2.16, 2.03, 1.88, 1.78),
    *(1.43, 1.39, 1.34, 1.16, 1.14, 1.09, 1.05, 1.00, 0.97, 0.96),
)
SHARE_OF_91ST = 0.196
SHARE_OF_97TH = 0.186
OTHER_SURNAMES = "常汤温康施牛樊葛邢安齐乔伍庞颜倪庄聂章鲁岳翟殷詹申耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单裴霍涂"

MALE_FIRST = "明志海永学新宏光世景启"
MALE_SECOND = "民林生山江涛波成斌松航远和"
MALE_SINGLE = "彬晖钊铮恺昀昕屹琛桦楷淳松森岩斌"
FEMALE_FIRST = "晓雨佳静思慧秀淑雪文若书"
FEMALE_SECOND = "梅兰芳燕珍玲琴云英宁娟"
FEMALE_SINGLE = "璐蕊莹婧雯琳颖楠薇倩茜菲娟岚筠"

SHARE_OF_WOMEN = 0.30
SHARE_OF_TWO_CHARACTER_NAMES = 0.16
TRIES_FOR_A_NEW_NAME = 30

PARTIES = {
    "中共": 38,
    "民革": 5,
    "民盟": 7,
    "民建": 6,
    "民进": 6,
    "农工党": 6,
    "致公党": 3,
    "九三学社": 6,
    "台盟": 1,
    "无党派": 12,
    "群众": 10,
}
ETHNICITIES = {"汉族": 90, "回族": 3, "满族": 2, "壮族": 2, "土家族": 1, "苗族": 1, "畲族": 1}

# Names that a committee's office stumbles over: rare characters, 复姓, surnames with their own reading, middle dots.
PARTICULAR_NAMES = (
    ("林思喆", "male", "汉族"),
    ("阿依·示例", "female", "维吾尔族"),
    ("欧阳文松", "male", "汉族"),
    ("何珺", "female", "汉族"),
    ("沈䶮", "male", "汉族"),
    ("巴特·示例", "male", "蒙古族"),
    ("方玥宁", "female", "汉族"),
    ("司徒雨梅", "female", "汉族"),
    ("单志松", "male", "汉族"),
    ("吴祎", "female", "汉族"),
    ("扎西·示例", "male", "藏族"),
    ("郑启堃", "male", "汉族"),
    ("尉迟景成", "male", "汉族"),
    ("解淑云", "female", "汉族"),
    ("仇海桦", "male", "汉族"),
    ("上官若兰", "female", "汉族"),
    ("古丽扎尔·示例", "female", "哈萨克族"),
)
PEOPLE_PER_PARTICULAR_NAME = 10
PEOPLE_FOR_NAMESAKES = 50

UNITS = {
    "示例医院": ("主任医师", "副院长", "护士长"),
    "示例县中医院": ("副主任医师", "院长"),
    "示例第一中学": ("校长", "高级教师"),
    "示例小学": ("校长", "一级教师"),
    "示例职业技术学校": ("副校长", "高级讲师"),
    "示例县农业技术推广站": ("站长", "高级农艺师"),
    "示例蔬菜专业合作社": ("理事长",),
    "示例家庭农场": ("负责人",),
    "示例机械有限公司": ("董事长", "总工程师"),
    "示例纺织有限公司": ("总经理", "车间主任"),
    "示例食品有限公司": ("董事长", "质量总监"),
    "示例软件有限公司": ("总经理", "研发经理"),
    "示例物流有限公司": ("总经理",),
    "示例律师事务所": ("主任", "合伙人"),
    "示例会计师事务所": ("主任会计师",),
    "示例县文化馆": ("馆长", "副研究馆员"),
    "示例县图书馆": ("馆长",),
    "示例地方戏剧团": ("团长", "国家二级演员"),
    "示例建筑设计院": ("高级工程师", "院长"),
    "示例银行支行": ("行长", "客户经理"),
    "示例县教育局": ("副局长",),
    "示例县生态环境局": ("副局长", "总工程师"),
    "示例县水利局": ("高级工程师",),
    "示例街道办事处": ("副主任",),
    "示例社区": ("党委书记",),
    "示例商会": ("会长", "秘书长"),
    "示例县残疾人联合会": ("理事长",),
    "示例宗教活动场所": ("负责人",),
}

EARLIEST_BIRTH_YEAR, COMMONEST_BIRTH_YEAR, LATEST_BIRTH_YEAR = 1962, 1974, 1995
TELEPHONE_PREFIX = "1390000"
TELEPHONES = 10_000


@dataclass(frozen=True)
class Person:
    """One made-up person; `sex` is "male" or "female", everything else as the office writes it."""

    name: str
    sex: str
    ethnicity: str
    party: str
    birth_on: datetime.date
    telephone: str
    unit: str
    duty: str


def people(n: int, seed: int, first_telephone: int = 0) -> list[Person]:
    """`n` people, the same list for the same arguments on every machine.

    One person in ten, at most, has one of PARTICULAR_NAMES; from fifty people on, two are namesakes of different units,
    and in a committee of some hundreds nobody else is. `first_telephone` is the last four digits of the first number, so that several committees share none;
    ValueError when the numbers would run past 13900009999.
    """
    if first_telephone + n > TELEPHONES:
        raise ValueError(f"{n} telephone numbers from {first_telephone:04d} do not fit into {TELEPHONE_PREFIX}xxxx")
    rng = random.Random(seed)
    identities = ordinary_identities(rng, n)
    particular = PARTICULAR_NAMES[: n // PEOPLE_PER_PARTICULAR_NAME]
    places = rng.sample(range(n), n)
    for place, identity in zip(places, particular, strict=False):
        identities[place] = identity
    made = [person(rng, identity, first_telephone + number) for number, identity in enumerate(identities)]
    if n >= PEOPLE_FOR_NAMESAKES:
        first, second = places[len(particular)], places[len(particular) + 1]
        made[second] = namesake(made[first], made[second])
    return made


def ordinary_identities(rng: random.Random, n: int) -> list[tuple[str, str, str]]:
    """`n` times (name, sex, ethnicity); names differ as long as the characters allow."""
    taken = {name for name, _, _ in PARTICULAR_NAMES}
    identities = []
    for _ in range(n):
        sex = "female" if rng.random() < SHARE_OF_WOMEN else "male"
        name = new_name(rng, sex, taken)
        taken.add(name)
        identities.append((name, sex, pick(rng, ETHNICITIES)))
    return identities


def new_name(rng: random.Random, sex: str, taken: set[str]) -> str:
    """A name that nobody has yet, or after TRIES_FOR_A_NEW_NAME a namesake's: the surname stays, to keep its frequency."""
    family = surname(rng)
    is_short = rng.random() < SHARE_OF_TWO_CHARACTER_NAMES
    for _ in range(TRIES_FOR_A_NEW_NAME):
        name = family + given_name(rng, sex, is_short)
        if name not in taken:
            break
    return name


def surname(rng: random.Random) -> str:
    if rng.random() * 100 >= COMMON_SHARE:
        return rng.choice(OTHER_SURNAMES)
    return rng.choices(COMMON_SURNAMES, cum_weights=COMMON_WEIGHTS)[0]


def given_name(rng: random.Random, sex: str, is_short: bool) -> str:
    if sex == "female":
        return rng.choice(FEMALE_SINGLE) if is_short else rng.choice(FEMALE_FIRST) + rng.choice(FEMALE_SECOND)
    return rng.choice(MALE_SINGLE) if is_short else rng.choice(MALE_FIRST) + rng.choice(MALE_SECOND)


def surname_weights() -> list[float]:
    """Weights of COMMON_SURNAMES: published shares where there are any, a geometric series between and after them."""
    weights = list(FIRST_SHARES)
    weights += geometric(FIRST_SHARES[-1], SHARE_OF_91ST, 91 - 20)
    weights += geometric(SHARE_OF_91ST, SHARE_OF_97TH, 97 - 91)
    weights += [SHARE_OF_97TH] * (len(COMMON_SURNAMES) - len(weights))
    return weights


def geometric(start: float, end: float, steps: int) -> list[float]:
    """The `steps` terms after `start` of the geometric series that reaches `end`."""
    return [start * (end / start) ** (step / steps) for step in range(1, steps + 1)]


COMMON_WEIGHTS = list(accumulate(surname_weights()))


def person(rng: random.Random, identity: tuple[str, str, str], telephone: int) -> Person:
    name, sex, ethnicity = identity
    unit = rng.choice(list(UNITS))
    return Person(
        name=name,
        sex=sex,
        ethnicity=ethnicity,
        party=pick(rng, PARTIES),
        birth_on=birth_day(rng),
        telephone=f"{TELEPHONE_PREFIX}{telephone:04d}",
        unit=unit,
        duty=rng.choice(UNITS[unit]),
    )


def namesake(original: Person, other: Person) -> Person:
    """`other` under the name of `original`, in another unit, so that the office can tell them apart."""
    unit = next(unit for unit in UNITS if unit not in (original.unit, other.unit))
    return replace(other, name=original.name, sex=original.sex, unit=unit, duty=UNITS[unit][0])


def birth_day(rng: random.Random) -> datetime.date:
    year = int(rng.triangular(EARLIEST_BIRTH_YEAR, LATEST_BIRTH_YEAR + 1, COMMONEST_BIRTH_YEAR))
    return datetime.date(min(year, LATEST_BIRTH_YEAR), 1, 1) + datetime.timedelta(days=rng.randrange(365))


def pick(rng: random.Random, shares: dict[str, int]) -> str:
    return rng.choices(list(shares), weights=list(shares.values()))[0]
