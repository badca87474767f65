"""Paper: the one way to PDF. Layouts get data and fonts from here, and nothing else from anywhere."""

from reports.paper.fonts import MissingCharacters
from reports.paper.pdf import forget, pdf

__all__ = ["MissingCharacters", "forget", "pdf"]
