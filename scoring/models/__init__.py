from scoring.models.assessment import Adjustment, Assessment, Edition, ReportCard
from scoring.models.fact import Fact
from scoring.models.objection import Confirmation, Objection
from scoring.models.ruleset import Category, Gate, Grade, Rule, Ruleset
from scoring.models.run import Chunk, Run, Stale, SubjectError, WorkerBeat

__all__ = [
    "Adjustment",
    "Assessment",
    "Category",
    "Chunk",
    "Confirmation",
    "Edition",
    "Fact",
    "Gate",
    "Grade",
    "Objection",
    "ReportCard",
    "Rule",
    "Ruleset",
    "Run",
    "Stale",
    "SubjectError",
    "WorkerBeat",
]
