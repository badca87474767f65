"""Chinese names of the standard codes. A ruleset's own [labels] come first; a code without a name prints as itself."""

KINDS = {
    "plenary": "全体会议",
    "standing_meeting": "常委会议",
    "chair_meeting": "主席会议",
    "consultation": "协商活动",
    "inspection": "视察",
    "research": "调研",
    "oversight": "民主监督",
    "study": "学习培训",
    "sector_activity": "界别活动",
    "committee_activity": "专委会活动",
    "other_activity": "其他活动",
    "proposal": "提案",
    "opinion": "社情民意信息",
    "address_oral": "口头发言",
    "address_written": "书面发言",
    "research_report": "调研报告",
    "article": "文章",
    "historical_material": "文史资料",
    "public_service": "公益活动",
    "studio_duty": "委员工作室值班",
    "contact_visit": "走访联系",
    "honour": "荣誉",
    "deduction": "扣分事项",
    "study_notes": "学习笔记",
    "adjustment": "人工加减分",
    "appraisal": "评价",
}
MEASURES = {
    "proposal": "件",
    "opinion": "条",
    "address_oral": "篇",
    "address_written": "篇",
    "research_report": "篇",
    "article": "篇",
    "historical_material": "篇",
    "study_notes": "篇",
    "honour": "项",
    "adjustment": "项",
    "appraisal": "项",
}
"""Measure words; everything else is counted by 次."""
NAMES = {
    "stage": "环节",
    "level": "级别",
    "form": "形式",
    "outcome": "出席情况",
    "role": "角色",
    "part": "作用",
    "leave": "请假类别",
    "organ": "部门",
    "honour": "荣誉",
    "way": "提出方式",
    "rule": "规则",
    "half": "半年",
    "effect": "效力",
    "mandatory": "必须参加",
    "by": "评价者",
    "post": "职务",
    "sector": "界别",
    "special_committee": "专门委员会",
    "party": "党派",
    "group": "活动组",
}
CODES = {
    "stage": {
        "submitted": "提交",
        "filed": "立案",
        "merged": "并案",
        "key": "重点提案",
        "outstanding": "优秀提案",
        "issued": "刊发",
        "adopted": "采用",
        "instructed": "批示",
        "not_filed": "不予立案",
        "passed_on": "转社情民意",
    },
    "level": {
        "unit": "部门",
        "township": "乡镇街道",
        "county": "县级",
        "city": "市级",
        "province": "省级",
        "nation": "全国",
    },
    "form": {"single": "单篇", "composite": "综合"},
    "outcome": {
        "present": "出席",
        "late": "迟到",
        "left_early": "早退",
        "part": "部分出席",
        "leave": "请假",
        "absent": "缺席",
        "exempt": "免于出席",
        "not_recorded": "未登记",
    },
    "role": {"lead": "第一提案人", "cosigner": "联名人", "collective": "集体提案参与人", "self": "自评"},
    "part": {"speaker": "发言", "lead_writer": "执笔", "host": "主持", "participant": "参与"},
    "leave": {"official": "公假", "sick": "病假", "personal": "事假"},
    "way": {"individual": "个人提案", "joint": "联名提案", "collective": "集体提案"},
    "effect": {"points": "加减分", "veto": "一票否决", "exemption": "免除"},
    "mandatory": {"yes": "是", "no": "否"},
    "by": {"self": "自评", "peer": "互评", "external": "外部评价"},
    "post": {
        "chair": "主席",
        "vice_chair": "副主席",
        "secretary_general": "秘书长",
        "standing_member": "常委",
        "member": "委员",
    },
}


class Labels:
    """Names of codes for one ruleset."""

    def __init__(self, local=()):
        self.local = dict(local)

    def kind(self, code):
        return self.local.get(code) or KINDS.get(code, code)

    def name(self, code):
        return self.local.get(code) or NAMES.get(code, code)

    def code(self, name, code):
        return self.local.get(f"{name}={code}") or self.local.get(code) or CODES.get(name, {}).get(code, code)

    def measure(self, kinds):
        words = {MEASURES.get(k, "次") for k in kinds}
        return words.pop() if len(words) == 1 else "项"
