"""Names for the made-up committees: a county, its city and a neighbouring county. None of them exists."""

from dataclasses import dataclass

SECTORS = (
    ("party", "中共"),
    ("democratic", "民主党派"),
    ("independent", "无党派人士"),
    ("youth", "共青团和青联"),
    ("union", "工会"),
    ("women", "妇联"),
    ("commerce", "工商联"),
    ("science", "科学技术"),
    ("culture", "文化艺术"),
    ("economy", "经济"),
    ("farming", "农业"),
    ("education", "教育"),
    ("sports", "体育"),
    ("press", "新闻出版"),
    ("health", "医药卫生"),
    ("welfare", "社会福利和社会保障"),
    ("ethnic", "少数民族"),
    ("religion", "宗教"),
    ("resources", "环境资源"),
    ("invited", "特邀"),
)

SPECIAL_COMMITTEES = (
    ("proposals", "提案委员会"),
    ("economy", "经济委员会"),
    ("farming", "农业和农村委员会"),
    ("resources", "人口资源环境委员会"),
    ("education", "教科卫体委员会"),
    ("society", "社会法制和民族宗教委员会"),
    ("history", "文化文史和学习委员会"),
)

GROUPS = (
    ("east", "城东联络组", "liaison_group"),
    ("west", "城西联络组", "liaison_group"),
    ("hills", "山区联络组", "liaison_group"),
    ("health", "医药卫生界别活动组", "sector_group"),
    ("farming", "农业界别活动组", "sector_group"),
    ("riverside", "河畔委员工作室", "studio"),
)

OFFICES = (
    ("general", "办公室"),
    ("liaison", "委员联络室"),
    ("proposals", "提案办"),
    ("opinions", "信息室"),
    ("committees", "专委会综合室"),
)


PROPOSAL_TOPICS = (
    "完善农村养老互助点",
    "改造老旧小区电梯",
    "保护古桥古树",
    "增设学校周边过街设施",
    "支持特色农产品加工",
    "规范电动自行车充电",
    "加强山塘水库巡查",
    "推进城乡公交一体化",
    "优化企业用地审批",
    "建设社区图书角",
    "提升乡镇卫生院急救能力",
    "治理沿河排污口",
    "发展乡村民宿",
    "开展职业技能培训",
    "完善残疾人无障碍设施",
)
PROPOSAL_FORMS = ("关于{}的建议", "关于进一步{}的提案", "关于加快{}的建议", "关于在全县{}的提案")

OPINION_TOPICS = (
    "秸秆综合利用",
    "村级公益性岗位管理",
    "社区团购食品安全",
    "中小学课后服务",
    "农村自建房安全",
    "快递进村",
    "小微企业融资",
    "老年人就医取号",
    "夜间施工噪声",
    "乡村道路养护",
)
OPINION_FORMS = ("反映：{}中的几个问题", "{}需引起重视", "基层反映{}存在的困难", "关于改进{}的建议")


@dataclass(frozen=True, slots=True)
class Place:
    """One committee to make: its names, its size and the seed of its people."""

    code: str
    name: str
    short_name: str
    level: str
    parent: str
    people: int
    seed: int
    first_telephone: int


PLACES = (
    Place("jiangzhou", "中国人民政治协商会议江州市委员会", "江州市政协", "city", "", 20, 2, 300),
    Place("yunhe", "中国人民政治协商会议云河县委员会", "云河县政协", "county", "jiangzhou", 300, 1, 0),
    Place("qingxi", "中国人民政治协商会议青溪县委员会", "青溪县政协", "county", "jiangzhou", 20, 3, 320),
)
