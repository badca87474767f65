"""What an office writes for paper. Figures are never kept here: they come from the edition when it is printed."""

from reports.models.circular import Circular

__all__ = ["Circular"]
