"""Files as answers, and the page that says why there is none."""

from pathlib import PurePath

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from audit.filetypes import DOCX, PDF, XLSX

MEDIA_TYPES = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".xlsx": XLSX,
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".zip": "application/zip",
}
LONGEST_NAME = 80  # characters with the ending: three bytes each, and file systems take 255


def answer(content: bytes | str, name: str) -> HttpResponse:
    """What ``name`` ends in says what it is. A PDF opens in the browser, in WeChat's too; everything else is saved."""
    ending = PurePath(name).suffix
    disposition = content_disposition_header(ending != ".pdf", short(name))
    return HttpResponse(content, content_type=MEDIA_TYPES[ending], headers={"Content-Disposition": disposition})


def short(name: str) -> str:
    """A file's name in LONGEST_NAME characters, its ending kept."""
    if len(name) <= LONGEST_NAME:
        return name
    ending = PurePath(name).suffix
    return f"{name.removesuffix(ending)[: LONGEST_NAME - len(ending) - 1]}…{ending}"


def not_printed(request: HttpRequest, why: Exception | str) -> HttpResponse:
    """The page instead of a file that cannot be made."""
    return render(request, "reports/not_printed.html", {"message": str(why)}, status=409)
