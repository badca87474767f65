"""What an office writes for paper, and what it asks to be printed. Figures are never kept here: they come from the edition."""

from reports.models.circular import Circular
from reports.models.openness import Openness
from reports.models.print_job import PrintChunk, PrintJob

__all__ = ["Circular", "Openness", "PrintChunk", "PrintJob"]
