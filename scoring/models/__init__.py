from scoring.models.appraisal import Appraisal
from scoring.models.assessment import Adjustment, Assessment, ReportCard
from scoring.models.card_setting import CardSetting
from scoring.models.edition import Edition, EditionCard
from scoring.models.fact import Fact
from scoring.models.honour import Commendation, Talk
from scoring.models.objection import Confirmation, Objection
from scoring.models.rehearsal import Rehearsal, RehearsalChunk
from scoring.models.ruleset import Category, Gate, Grade, Rule, Ruleset
from scoring.models.run import Chunk, Run, Stale, SubjectError, WorkerBeat

__all__ = [
    "Adjustment",
    "Appraisal",
    "Assessment",
    "CardSetting",
    "Category",
    "Chunk",
    "Commendation",
    "Confirmation",
    "Edition",
    "EditionCard",
    "Fact",
    "Gate",
    "Grade",
    "Objection",
    "Rehearsal",
    "RehearsalChunk",
    "ReportCard",
    "Rule",
    "Ruleset",
    "Run",
    "Stale",
    "SubjectError",
    "Talk",
    "WorkerBeat",
]
