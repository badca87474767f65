"""What an uploaded file is, by its content: pictures made anew, papers looked through, everything else refused."""

import io
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

MEGABYTE = 1024**2
LONGEST_NAME = 100
LONGEST_SIDE = 3000  # pixels of a stored picture: an A4 page is legible, a photo takes under 2 MB
# Of an uploaded one: a JPEG is unpacked at a fraction of its size, a PNG whole.
MOST_PIXELS = {"JPEG": 60_000_000, "PNG": 20_000_000}
ZIP_ENTRIES = 3000
ZIP_BYTES = 200 * MEGABYTE  # of all parts unpacked
CHUNK = 64 * 1024
ACCEPTED = "JPG、PNG 图片，PDF，Word（.docx）或 Excel（.xlsx）"
ANOTHER = f"请换成 {ACCEPTED}文件再上传。"

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {JPEG: ".jpg", PNG: ".png", PDF: ".pdf", DOCX: ".docx", XLSX: ".xlsx"}
PICTURES = {JPEG: "JPEG", PNG: "PNG"}
MAIN_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}
# What a picture of a phone or a paper of an old program begins with, and what to do about it.
KNOWN_OTHERS = (
    (4, b"ftyphei", "是 HEIC 照片。请在手机“设置－相机－格式”里选“兼容性最佳”，或截屏后上传截图。"),
    (4, b"ftypmif", "是 HEIC 照片。请在手机“设置－相机－格式”里选“兼容性最佳”，或截屏后上传截图。"),
    (
        0,
        b"\xd0\xcf\x11\xe0",
        "是旧版 Word、Excel 或 WPS 文件，或设有打开密码。请打开它，另存为 .docx、.xlsx 或 PDF 再上传。",
    ),
    (0, b"GIF8", f"是 GIF 动图。{ANOTHER}"),
    (8, b"WEBP", "是 WebP 图片。请截屏后上传截图，或另存为 JPG。"),
    (0, b"Rar!", f"是压缩包。请解压后上传其中的文件：{ACCEPTED}。"),
    (0, b"7z\xbc\xaf", f"是压缩包。请解压后上传其中的文件：{ACCEPTED}。"),
)
# Parts of an office paper or actions of a PDF that run something or bring another file with them.
FOREIGN_PARTS = ("vbaproject", "activex", "embeddings/", "oleobject", "externallinks/")
PDF_ACTIONS = (b"/JavaScript", b"/JS ", b"/JS(", b"/JS<", b"/Launch", b"/EmbeddedFile", b"/RichMedia", b"/XFA")


class FileRefused(ValueError):
    """The file is not kept; the message is a Chinese sentence for the person who chose it."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: its name is safe to show and to send, its content is what ``media_type`` says."""

    name: str
    media_type: str
    content: bytes


def checked(name: str, stream: BinaryIO, most_bytes: int) -> Checked:
    """The file as it may be kept: pictures made anew without place and camera, others as they came. FileRefused."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    shown = safe_name(name)
    if size == 0:
        raise FileRefused(f"“{shown}”是空的（0 字节）。请检查是否选错了文件，或重新保存后再上传。")
    if size > most_bytes:
        raise FileRefused(
            f"“{shown}”有 {megabytes(size)}，最大 {megabytes(most_bytes)}。请换小一些的图片，或压缩后再上传。"
        )
    data = stream.read()
    media_type = _media_type(shown, data)
    if media_type in PICTURES:
        data = _made_anew(shown, data, media_type)
    elif media_type == PDF:
        _look_through_pdf(shown, data)
    stem = PurePosixPath(shown).stem or "材料"
    return Checked(stem + EXTENSIONS[media_type], media_type, data)


def safe_name(name: str) -> str:
    """The last part of a file name without anything that steers a header, a path or the direction of writing.

    >>> safe_name("../../etc/a\\r\\nb<script>.jpg")
    'abscript.jpg'
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(one for one in last if one.isprintable() and one not in '<>:"|?*;%')
    kept = kept.strip(" .")
    stem, dot, extension = kept.rpartition(".")
    if dot and len(extension) <= 5:
        return f"{stem[: LONGEST_NAME - len(extension) - 1].strip(' .') or '材料'}.{extension}"
    return kept[:LONGEST_NAME] or "材料"


def megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"


def _media_type(name: str, data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"PK\x03\x04"):
        return _paper(name, data)
    for place, magic, advice in KNOWN_OTHERS:
        if data[place : place + len(magic)] == magic:
            raise FileRefused(f"“{name}”{advice}")
    raise FileRefused(f"“{name}”的内容不是可以上传的文件。{ANOTHER}")


def _made_anew(name: str, data: bytes, media_type: str) -> bytes:
    """The picture's points alone: what was hidden before, behind or beside them is left behind."""
    format_ = PICTURES[media_type]
    try:
        with Image.open(io.BytesIO(data), formats=[format_]) as picture:
            if picture.width * picture.height > MOST_PIXELS[format_]:
                raise FileRefused(
                    f"“{name}”有 {picture.width}×{picture.height} 个像素，太大了。请截屏后上传截图，或缩小后再上传。"
                )
            if format_ == "JPEG":
                picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # unpacks a smaller one, in a fraction of the memory
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            has_clear_parts = format_ == "PNG" and upright.mode in {"RGBA", "LA", "PA", "P"}
            points = upright.convert("RGBA" if has_clear_parts else "RGB")
            points.info = {}
            stream = io.BytesIO()
            points.save(stream, format_, **({"quality": 85} if format_ == "JPEG" else {}))
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        if isinstance(error, FileRefused):
            raise
        raise FileRefused(f"“{name}”不是完整的图片，打不开。请重新从原处复制，或截屏后上传截图。") from error
    return stream.getvalue()


def _look_through_pdf(name: str, data: bytes) -> None:
    if b"%%EOF" not in data[-2048:]:
        raise FileRefused(f"“{name}”不是完整的 PDF，打不开。请重新从原处复制，或另存为 PDF 后再上传。")
    if any(action in data for action in PDF_ACTIONS):
        raise FileRefused(
            f"“{name}”里有脚本、表单程序或夹带的文件，为安全起见不收。请用“打印为 PDF”重新生成，或上传截图。"
        )


def _paper(name: str, data: bytes) -> str:
    """The media type of an Office file whose parts are all harmless and unpack to a bounded size."""
    broken = f"“{name}”不是完整的 Word 或 Excel 文件，打不开。请重新从原处复制，或另存后再上传。"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            media_type = _of_parts(name, [entry.filename.lower() for entry in archive.infolist()])
            if any(entry.flag_bits & 1 for entry in archive.infolist()):
                raise FileRefused(f"“{name}”设有打开密码。请取消密码并保存后再上传。")
            first = min(entry.header_offset for entry in archive.infolist())
            if archive.comment or first != 0 or data[-22:-18] != b"PK\x05\x06":
                raise FileRefused(broken)  # something lies before or behind the archive
            _count_unpacked(name, archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.zlib.error, OSError) as error:
        raise FileRefused(broken) from error
    return media_type


def _of_parts(name: str, parts: list[str]) -> str:
    if len(parts) > ZIP_ENTRIES:
        raise FileRefused(f"“{name}”内有 {len(parts)} 个部分，不像正常的文件，为安全起见不收。请另存为 PDF 再上传。")
    found = [media_type for part, media_type in MAIN_PARTS.items() if part in parts]
    if "[content_types].xml" not in parts or len(found) != 1 or len(set(parts)) != len(parts):
        raise FileRefused(f"“{name}”是压缩包，不是 Word 或 Excel 文件。请解压后上传其中的文件：{ACCEPTED}。")
    if any(part.startswith("/") or ".." in part.split("/") for part in parts):
        raise FileRefused(f"“{name}”的内部结构不正常，为安全起见不收。请另存为 PDF 再上传。")
    if any(foreign in part for part in parts for foreign in FOREIGN_PARTS):
        raise FileRefused(f"“{name}”里有宏、控件或夹带的文件，为安全起见不收。请另存为 PDF 再上传。")
    return found[0]


def _count_unpacked(name: str, archive: zipfile.ZipFile) -> None:
    """Unpack every part without keeping it: the sizes in a zip's headers are whatever its maker wrote there."""
    total = 0
    for entry in archive.infolist():
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                total += len(chunk)
                if total > ZIP_BYTES:
                    raise FileRefused(
                        f"“{name}”解压后超过 {megabytes(ZIP_BYTES)}，不像正常的文件，为安全起见不收。请另存为 PDF 再上传。"
                    )
