from members.models.account import Grant, Role, User
from members.models.committee import Committee, Group, Office, Sector, SpecialCommittee, Term
from members.models.notice import Notice, NoticeAddress, NoticeDelivery
from members.models.person import GroupMembership, Member, Post, PostCode, Seat
from members.models.subject import Subject

__all__ = [
    "Committee",
    "Grant",
    "Group",
    "GroupMembership",
    "Member",
    "Notice",
    "NoticeAddress",
    "NoticeDelivery",
    "Office",
    "Post",
    "PostCode",
    "Role",
    "Seat",
    "Sector",
    "SpecialCommittee",
    "Subject",
    "Term",
    "User",
]
