from members.models.account import Grant, Notice, Role, User
from members.models.committee import Committee, Group, Office, Sector, SpecialCommittee, Term
from members.models.person import GroupMembership, Member, Post, PostCode, Seat
from members.models.subject import Subject

__all__ = [
    "Committee",
    "Grant",
    "Group",
    "GroupMembership",
    "Member",
    "Notice",
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
