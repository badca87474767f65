"""The kinds of sheet there are."""

from activities.contribution_sheet import SHEET as CONTRIBUTIONS
from activities.sheet import SHEET as MEETINGS
from members.columns import Sheet
from members.sheet import SHEET as MEMBERS
from opinions.sheet import SHEET as OPINIONS
from proposals.sheet import SHEET as PROPOSALS
from scoring.appraisal_sheet import SHEET as APPRAISALS

KINDS: dict[str, Sheet] = {
    sheet.kind: sheet for sheet in (MEMBERS, MEETINGS, PROPOSALS, OPINIONS, CONTRIBUTIONS, APPRAISALS)
}
