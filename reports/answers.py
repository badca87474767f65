"""Files as answers."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def answer(content: bytes | str, media_type: str, name: str, *, as_attachment: bool = False) -> HttpResponse:
    """A PDF opens in the browser, in WeChat's too; data are saved."""
    headers = {"Content-Disposition": content_disposition_header(as_attachment, name)}
    return HttpResponse(content, content_type=media_type, headers=headers)
