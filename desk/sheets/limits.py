"""What a file must look like before anybody parses it (docs/sheets.md, "Limits")."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import BinaryIO

from django.conf import settings

MEGABYTE = 1024 * 1024
ZIP_ENTRIES = 200
ZIP_BYTES = 50 * MEGABYTE  # of all entries together, unpacked
ZIP_RATIO = 100
ZIP_RATIO_FROM = 100 * 1024  # a smaller entry is harmless, and short texts pack well
CHUNK = 64 * 1024

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

SAVE_AS_XLSX = "请用 Excel 或 WPS 打开它，选“文件”→“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再导入新保存的文件。"
OLD_KINDS = {
    ".xls": "旧版 Excel（.xls）",
    ".et": "WPS 表格（.et）",
    ".ett": "WPS 表格模板（.ett）",
    ".wps": "WPS 文字（.wps）",
    ".xlsm": "带宏的 Excel（.xlsm）",
    ".xlsb": "二进制 Excel（.xlsb）",
    ".ods": "OpenDocument 表格（.ods）",
    ".doc": "Word（.doc）",
    ".docx": "Word（.docx）",
}
# What has no business in a sheet of records: (part of an entry's name in lower case, what the user calls it)
FOREIGN_PARTS = (
    ("vbaproject", "宏"),
    ("externallinks/", "指向其他文件的链接"),
    ("embeddings/", "嵌入的对象"),
    ("oleobject", "嵌入的对象"),
    ("activex", "控件"),
)


class SheetRefused(ValueError):
    """The file as a whole cannot be read; its text is the sentence for the user."""


@dataclass(frozen=True)
class Limits:
    rows: int
    columns: int
    bytes: int
    seconds: int  # of processor time and of waiting, each
    memory: int  # bytes of address space

    @classmethod
    def from_settings(cls) -> "Limits":
        return cls(
            rows=settings.SHEET_MAX_ROWS,
            columns=settings.SHEET_MAX_COLUMNS,
            bytes=settings.SHEET_MAX_BYTES,
            seconds=settings.SHEET_MAX_SECONDS,
            memory=settings.SHEET_MAX_MEMORY,
        )


def admit(name: str, stream: BinaryIO, limits: Limits) -> tuple[str, bytes]:
    """("xlsx" or "csv", the file's bytes) of an uploaded file that may be parsed; SheetRefused otherwise."""
    extension = PurePath(name).suffix.lower()
    if extension in OLD_KINDS:
        raise SheetRefused(f"“{PurePath(name).name}”是{OLD_KINDS[extension]}文件，不能直接导入。{SAVE_AS_XLSX}")
    if extension not in {".xlsx", ".csv"}:
        raise SheetRefused(
            f"“{PurePath(name).name}”的扩展名是“{extension or '无'}”，只能导入 .xlsx 或 .csv 文件。{SAVE_AS_XLSX}"
        )
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    if size == 0:
        raise SheetRefused("文件是空的（0 字节）。请检查是否选错了文件，或重新保存后再导入。")
    if size > limits.bytes:
        raise SheetRefused(
            f"文件有 {megabytes(size)}，超过了 {megabytes(limits.bytes)} 的上限。"
            "请删去图片和无关的工作表，或分成几个文件导入。"
        )
    data = stream.read()
    if extension == ".csv":
        _admit_csv(data)
    else:
        _admit_xlsx(data)
    return extension[1:], data


def megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f}".removesuffix(".0") + " MB"


def _admit_csv(data: bytes) -> None:
    if data.startswith(ZIP_MAGIC):
        raise SheetRefused("文件的扩展名是 .csv，内容却是 Excel 工作簿。请把扩展名改为 .xlsx 后再导入。")
    if data.startswith(OLE_MAGIC):
        raise SheetRefused(f"文件的扩展名是 .csv，内容却是旧版 Excel 文件。{SAVE_AS_XLSX}")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise SheetRefused(
            "这个 .csv 文件不是 UTF-8 或 GB18030 编码的文字。请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再导入。"
        )


def _admit_xlsx(data: bytes) -> None:
    if data.startswith(OLE_MAGIC):
        if ENCRYPTED_STREAM in data:
            raise SheetRefused("文件设有打开密码，无法读取。请用 Excel 或 WPS 打开它，取消密码并保存后再导入。")
        raise SheetRefused(f"文件的扩展名是 .xlsx，内容却是旧版 Excel 或 WPS 文件。{SAVE_AS_XLSX}")
    if not data.startswith(ZIP_MAGIC):
        raise SheetRefused(f"文件的扩展名是 .xlsx，内容却不是 Excel 工作簿。{SAVE_AS_XLSX}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _admit_entries(archive.infolist())
            _count_unpacked(archive)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, zipfile.zlib.error) as error:
        raise SheetRefused(
            "文件不完整或已损坏，无法打开。请重新从原处复制，或用 Excel、WPS 打开后另存为 .xlsx 再导入。"
        ) from error


def _admit_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > ZIP_ENTRIES:
        raise SheetRefused(
            f"文件内有 {len(entries)} 个部分，超过了 {ZIP_ENTRIES} 个的上限。请把要导入的那一张工作表复制到新工作簿后再导入。"
        )
    names = [entry.filename.lower() for entry in entries]
    if any(entry.flag_bits & 1 for entry in entries):
        raise SheetRefused("文件设有打开密码，无法读取。请用 Excel 或 WPS 打开它，取消密码并保存后再导入。")
    for part, called in FOREIGN_PARTS:
        if any(part in name for name in names):
            raise SheetRefused(
                f"文件里有{called}，为安全起见不导入。请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。"
            )
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise SheetRefused(f"文件的扩展名是 .xlsx，内容却不是 Excel 工作簿。{SAVE_AS_XLSX}")


def _count_unpacked(archive: zipfile.ZipFile) -> None:
    """Unpack every entry without keeping it: the sizes in a zip's headers are whatever its maker wrote there."""
    total = 0
    for entry in archive.infolist():
        unpacked = 0
        with archive.open(entry) as part:
            while chunk := part.read(CHUNK):
                unpacked += len(chunk)
                total += len(chunk)
                if unpacked > ZIP_RATIO_FROM and unpacked > ZIP_RATIO * max(entry.compress_size, 1):
                    raise SheetRefused(
                        f"文件内有一部分的压缩比超过 {ZIP_RATIO} 倍，不像正常的表格，为安全起见不导入。"
                        "请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。"
                    )
                if total > ZIP_BYTES:
                    raise SheetRefused(
                        f"文件解压后超过 {megabytes(ZIP_BYTES)} 的上限。请删去无关的工作表和多余的格式，或分成几个文件导入。"
                    )
