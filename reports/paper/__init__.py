"""Paper: the one way to PDF. Layouts get data and fonts from here, and nothing else from anywhere."""

from reports.paper.fonts import MissingCharacters
from reports.paper.pdf import pdf

__all__ = ["MissingCharacters", "pdf"]
