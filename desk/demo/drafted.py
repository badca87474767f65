"""What the demonstration's two members have in hand: a draft, one returned, one submitted with a signature awaited."""

from desk.demo.committee import Cast
from desk.demo.meetings import TODAY
from members.ids import natural_id
from proposals.drafts import save_draft, submit_proposal
from proposals.services import decide_proposal

TEXT = """一、问题
{}不够用，群众反映较多。

二、分析
原有规划偏少，近年人口增加较快。

三、建议
列入明年民生实事，分两年建成，并明确管护单位。"""
# whose, about, title, what the office did with it: None: not handed in; "": waits for examination; else why returned
DRAFTED = (
    ("member", "社区图书角", "关于增设社区图书角的提案", None),
    ("member", "校门口的接送区", "关于在中小学门口划定接送区的提案", "请补充涉及的学校和现有车位数"),
    ("standing", "城北新区的公共充电桩", "关于在城北新区增建公共充电桩的提案", ""),
)


def make_drafted(cast: Cast) -> None:
    for code, matter, title, answer in DRAFTED:
        user = cast.accounts[code]
        lead, other = cast.seat_of(code), cast.seat_of("member" if code == "standing" else "standing")
        proposal = save_draft(
            user=user,
            lead=lead,
            title=title,
            text=TEXT.format(matter),
            cosigners=[other] if code == "standing" else [],
            on=TODAY,
            public_id=natural_id(cast.committee.code, "draft", title),
        )
        if answer is None:
            continue
        submit_proposal(user=user, proposal=proposal, on=TODAY)
        if answer:
            clerk = cast.accounts["clerk-proposals"]
            decide_proposal(user=clerk, proposal=proposal, state="returned", decided_on=TODAY, reason=answer)
