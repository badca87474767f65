"""Bad sheets, each made in memory, with the whole message it must be answered with."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.desk.sheets import comma, part_of, with_part, xlsx

SHEET = "xl/worksheets/sheet1.xml"
ROSTER = ("委员编号", "姓名", "界别")
GOOD = ("101", "单志松", "农业")
WORK = ("类型", "编号", "姓名", "事项", "日期")
DONE = ("公益活动", "011", "张晓云", "义诊", "2026-05-01")
MEETING = ("会议名称", "会议类型", "日期", "时段", "编号", "姓名", "出席情况")
CAME = ("五次常委会", "常委会议", "2026-03-10", "上午", "011", "张晓云", "出席")
PAPER = ("案号", "案由", "第一提案人", "联名人", "提交日期", "审查结果", "审查日期")
FILED = ("7", "关于夜间照明的提案", "张晓云", "", "2026-03-01", "立案", "2026-03-10")
REPORT = ("编号", "题目", "第一撰稿人", "报送日期", "采用单位", "采用级别", "采用日期")
SENT = ("9", "反映停车难", "张晓云", "2026-03-01", "市政协", "市级", "2026-03-20")
SAVE_AS = "请用 Excel 或 WPS 打开它，选“文件”→“另存为”，文件类型选“Excel 工作簿（*.xlsx）”，再导入新保存的文件。"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)


@dataclass(frozen=True)
class Bad:
    name: str
    kind: str
    make: Callable[[], bytes]
    expected: tuple[str, ...]
    file: str = "表.xlsx"
    options: dict = field(default_factory=dict)


def sheet(*rows, change=None):
    return lambda: xlsx(*rows, change=change)


def in_cell(row, place, text):
    """`row` with another text at one place."""
    return (*row[:place], text, *row[place + 1 :])


def work(place, text, **options):
    """A contribution whose cell number `place` is wrong."""
    return sheet(WORK, in_cell(DONE, place, text), **options)


def replaced(rows, old, new):
    """A workbook in whose sheet's XML `old` is `new`."""

    def make():
        data = xlsx(*rows)
        xml = part_of(data, SHEET).replace("<v></v>", "<v/>").replace("<v />", "<v/>")  # by the library that wrote it
        assert old in xml
        return with_part(data, SHEET, xml.replace(old, new).encode())

    return make


def far_cell():
    data = xlsx(WORK, DONE)
    row = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    return with_part(data, SHEET, part_of(data, SHEET).replace("</sheetData>", row).encode())


def bomb():
    """A sheet of 40 MB of nothing, packed into 40 kB."""
    return with_part(xlsx(WORK, DONE), SHEET, b" " * (40 * 1024 * 1024))


def unpacked_too_big():
    """51 MB of entries, each packed some forty times."""
    chance = random.Random(1)
    data = b"".join(chance.randbytes(500) + bytes(20_000) for _ in range(52))
    stream = io.BytesIO(xlsx(WORK, DONE))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        for place in range(51):
            archive.writestr(f"xl/media/{place}.bin", data)
    return stream.getvalue()


def many_entries():
    stream = io.BytesIO(xlsx(WORK, DONE))
    with zipfile.ZipFile(stream, "a") as archive:
        for place in range(201):
            archive.writestr(f"xl/media/{place}.png", b"")
    return stream.getvalue()


def encrypted_entries():
    data = bytearray(xlsx(WORK, DONE))
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = -1
        while (place := data.find(magic, place + 1)) >= 0:
            flags = struct.unpack_from("<H", data, place + offset)[0]
            struct.pack_into("<H", data, place + offset, flags | 1)
    return bytes(data)


def merge(area):
    def change(book, sheet):
        sheet.merge_cells(area)

    return change


def laughs():
    data = xlsx(WORK, DONE)
    entities = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    xml = part_of(data, SHEET)
    return with_part(data, SHEET, (entities + xml[xml.index("<worksheet") :]).encode())


def only_hidden(book, sheet):
    book.create_sheet("空白")
    sheet.sheet_state = "hidden"
    book.active = 1


DAMAGED = "文件内容已损坏或不是标准的 Excel 工作簿，无法读取。请用 Excel 或 WPS 打开它，另存为 .xlsx 后再导入。"
KINDS_OF_WORK = "大会口头发言、调研报告、公益活动、表彰、扣分事项"
MARKS = "出席、迟到、早退、部分参加、请假、公假、病假、事假、缺席、免于出席、未登记"

FILES = (
    Bad("empty", "members", lambda: b"", ("文件是空的（0 字节）。请检查是否选错了文件，或重新保存后再导入。",)),
    Bad(
        "xls",
        "members",
        lambda: OLE,
        (f"“名册.xls”是旧版 Excel（.xls）文件，不能直接导入。{SAVE_AS}",),
        file="名册.xls",
    ),
    Bad("et", "members", lambda: OLE, (f"“名册.et”是WPS 表格（.et）文件，不能直接导入。{SAVE_AS}",), file="名册.et"),
    Bad(
        "wps", "members", lambda: OLE, (f"“名册.wps”是WPS 文字（.wps）文件，不能直接导入。{SAVE_AS}",), file="名册.wps"
    ),
    Bad(
        "pdf",
        "members",
        lambda: b"%PDF-1.7",
        (f"“名册.pdf”的扩展名是“.pdf”，只能导入 .xlsx 或 .csv 文件。{SAVE_AS}",),
        file="名册.pdf",
    ),
    Bad(
        "xls_renamed",
        "members",
        lambda: OLE,
        (f"文件的扩展名是 .xlsx，内容却是旧版 Excel 或 WPS 文件。{SAVE_AS}",),
    ),
    Bad(
        "csv_renamed",
        "members",
        lambda: comma(ROSTER, GOOD),
        (f"文件的扩展名是 .xlsx，内容却不是 Excel 工作簿。{SAVE_AS}",),
    ),
    Bad(
        "xlsx_renamed",
        "members",
        sheet(ROSTER, GOOD),
        ("文件的扩展名是 .csv，内容却是 Excel 工作簿。请把扩展名改为 .xlsx 后再导入。",),
        file="表.csv",
    ),
    Bad(
        "password",
        "members",
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        ("文件设有打开密码，无法读取。请用 Excel 或 WPS 打开它，取消密码并保存后再导入。",),
    ),
    Bad(
        "encrypted_zip",
        "members",
        encrypted_entries,
        ("文件设有打开密码，无法读取。请用 Excel 或 WPS 打开它，取消密码并保存后再导入。",),
    ),
    Bad(
        "truncated",
        "members",
        lambda: xlsx(ROSTER, GOOD)[:1500],
        ("文件不完整或已损坏，无法打开。请重新从原处复制，或用 Excel、WPS 打开后另存为 .xlsx 再导入。",),
    ),
    Bad(
        "fifty_megabytes",
        "members",
        lambda: bytes(50 * 1024 * 1024),
        ("文件有 50 MB，超过了 10 MB 的上限。请删去图片和无关的工作表，或分成几个文件导入。",),
    ),
    Bad(
        "zip_bomb",
        "contributions",
        bomb,
        (
            "文件内有一部分的压缩比超过 100 倍，不像正常的表格，为安全起见不导入。请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。",
        ),
    ),
    Bad(
        "unpacked_too_big",
        "contributions",
        unpacked_too_big,
        ("文件解压后超过 50 MB 的上限。请删去无关的工作表和多余的格式，或分成几个文件导入。",),
    ),
    Bad(
        "too_many_entries",
        "contributions",
        many_entries,
        ("文件内有 210 个部分，超过了 200 个的上限。请把要导入的那一张工作表复制到新工作簿后再导入。",),
    ),
    Bad(
        "macro",
        "contributions",
        lambda: with_part(xlsx(WORK, DONE), "xl/vbaProject.bin"),
        ("文件里有宏，为安全起见不导入。请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。",),
    ),
    Bad(
        "external_link",
        "contributions",
        lambda: with_part(xlsx(WORK, DONE), "xl/externalLinks/externalLink1.xml"),
        ("文件里有指向其他文件的链接，为安全起见不导入。请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。",),
    ),
    Bad(
        "embedded_object",
        "contributions",
        lambda: with_part(xlsx(WORK, DONE), "xl/embeddings/oleObject1.bin"),
        ("文件里有嵌入的对象，为安全起见不导入。请把要导入的内容复制到新工作簿（只粘贴数值）后再导入。",),
    ),
    Bad("entities", "contributions", laughs, (DAMAGED,)),
    Bad(
        "broken_xml",
        "contributions",
        lambda: with_part(xlsx(WORK, DONE), SHEET, b"<worksheet><sheetData><row>"),
        (DAMAGED,),
    ),
    Bad(
        "far_cell",
        "contributions",
        far_cell,
        ("单元格 XFD1048576 有内容，超出了 20000 行 × 60 列的上限。请删去表格以外的内容，或分成几个文件导入。",),
    ),
    Bad(
        "too_many_columns",
        "contributions",
        sheet((*WORK, *(f"备注{place}" for place in range(60))), DONE),
        ("单元格 BI1 有内容，超出了 20000 行 × 60 列的上限。请删去表格以外的内容，或分成几个文件导入。",),
    ),
    Bad(
        "too_many_rows",
        "contributions",
        lambda: comma(WORK, *(DONE for _ in range(20_020))),
        ("表格超过了 20000 行的上限。请分成几个文件导入。",),
        file="表.csv",
    ),
    Bad(
        "neither_utf8_nor_gb18030",
        "members",
        lambda: comma(ROSTER, GOOD) + b"\xff\xff\xff\n",
        (
            "文件的文字既不是 UTF-8 也不是 GB18030 编码。"
            "请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再导入。",
        ),
        file="表.csv",
    ),
    Bad(
        "utf16",
        "members",
        lambda: comma(ROSTER, GOOD, encoding="utf-16"),
        (
            "这个 .csv 文件不是 UTF-8 或 GB18030 编码的文字。"
            "请用 Excel 或 WPS 打开它，另存为“Excel 工作簿（*.xlsx）”后再导入。",
        ),
        file="表.csv",
    ),
)

HEADINGS = (
    Bad("blank", "members", sheet(), ("文件里没有内容。请检查是否选错了文件。",)),
    Bad(
        "only_hidden",
        "members",
        sheet(ROSTER, GOOD, change=only_hidden),
        ("文件里没有内容（隐藏的工作表“Sheet1”不读取）。请检查是否选错了文件。",),
    ),
    Bad(
        "no_headings",
        "members",
        sheet(GOOD, GOOD),
        ("没有找到表头。委员表要有这些列：委员编号、姓名、界别。请在第一行写上列名，或下载模板填写。",),
    ),
    Bad("no_rows", "members", sheet(ROSTER), ("表头下面没有数据。请填写后再导入。",)),
    Bad(
        "missing_columns",
        "members",
        sheet(("姓名", "性别", "职业"), ("单志松", "男", "教师")),
        ("缺少列：委员编号、界别。表里的列是：姓名、性别、职业。请补上所缺的列，或改正列名。",),
    ),
    Bad(
        "missing_person",
        "contributions",
        sheet(("类型", "事项", "日期"), ("公益活动", "义诊", "2026-05-01")),
        ("缺少列：委员编号或姓名。表里的列是：类型、事项、日期。请补上所缺的列，或改正列名。",),
    ),
    Bad(
        "two_columns_for_one_field",
        "members",
        sheet((*ROSTER, "名字"), (*GOOD, "单志松")),
        ("B 列“姓名”和D 列“名字”都是“姓名”，不知道该用哪一列。请只留一列，或改掉另一列的列名。",),
    ),
    Bad(
        "half_day_twice",
        "meetings",
        sheet(
            ("会议名称", "会议类型", "编号", "2026-03-10上午", "2026年3月10日 上午"),
            ("五次常委会", "常委会", "011", "出席", "缺席"),
        ),
        ("D 列“2026-03-10上午”和E 列“2026年3月10日 上午”是同一个半天。请只留一列，或改正列名。",),
    ),
    Bad(
        "half_day_without_a_year",
        "meetings",
        sheet(("会议名称", "会议类型", "编号", "3月10日上午"), ("五次常委会", "常委会", "011", "出席")),
        ("D 列的列名“3月10日上午”没有年份。请写成 2026-11-21 这样的日期。也可在导入时指明年度。",),
    ),
    Bad(
        "meeting_type_above",
        "meetings",
        sheet(
            ("会议名称：五次常委会",),
            ("会议类型", "茶话会"),
            ("编号", "姓名", "2026-03-10上午"),
            ("011", "张晓云", "出席"),
        ),
        (
            "表头上方的“会议类型”是“茶话会”，不在可填的内容里。请改为以下之一："
            "全体会议、常委会议、主席会议、协商、视察、调研、民主监督、学习培训、界别活动、专委会活动、其他活动。",
        ),
    ),
)

CELLS = (
    Bad(
        "unknown_sector",
        "members",
        sheet(ROSTER, GOOD, ("102", "沈宁", "科技界")),
        ("第 3 行“界别”是“科技界”，系统里没有。请改为已有界别之一（科学技术、农业），或请管理员新增。",),
    ),
    Bad(
        "wrong_types",
        "members",
        sheet(
            (*ROSTER, "性别", "出生日期", "手机", "政协职务"),
            (*GOOD, "男女", "不详", "12345", "理事"),
        ),
        (
            "第 2 行“性别”是“男女”，不在可填的内容里。请改为以下之一：男、女。",
            "第 2 行“出生日期”是“不详”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 2 行“手机”是“12345”，不是有效号码。应为 11 位手机号，或带区号的座机号（如 0571-12345678）。",
            "第 2 行“政协职务”是“理事”，不在可填的内容里。请改为以下之一：主席、副主席、秘书长、常委、委员。",
        ),
    ),
    Bad(
        "blank_required_cells",
        "members",
        sheet(ROSTER, ("", "单志松", "农业"), ("102", "", "农业")),
        ("第 2 行“委员编号”没有填。请填写。", "第 3 行“姓名”没有填。请填写。"),
    ),
    Bad(
        "number_twice",
        "members",
        sheet(ROSTER, GOOD, ("101", "沈宁", "农业")),
        ("第 3 行“委员编号”是“101”，与第 2 行重复。请只留一行，或改正编号。",),
    ),
    Bad(
        "number_of_another",
        "members",
        sheet(ROSTER, ("011", "沈宁", "农业")),
        ("第 2 行“姓名”是“沈宁”，系统里编号 011 是张晓云。请核对编号和姓名；确实改名的，请在委员页面修改。",),
    ),
    Bad(
        "left_before_joined",
        "members",
        sheet((*ROSTER, "任职开始", "任职结束"), (*GOOD, "2024-01-10", "2023-01-10")),
        ("第 2 行“任职结束”是“2023-01-10”，早于任职开始 2024-01-10。请改正其中一个日期。",),
    ),
    Bad(
        "two_people_in_one_cell",
        "members",
        sheet(ROSTER, ("101", "单志松、沈宁", "农业")),
        ("第 2 行“姓名”是“单志松、沈宁”，不止一个姓名。请一行只写一个人。",),
    ),
    Bad(
        "title_too_long",
        "contributions",
        work(3, "长" * 201),
        (f"第 2 行“事项”是“{'长' * 40}……”，有 201 个字，超过了 200 个字的上限。请缩短。",),
    ),
    Bad(
        "gb18030",
        "contributions",
        lambda: comma(WORK, in_cell(DONE, 0, "义诊䶮"), encoding="gb18030"),
        (f"第 2 行“类型”是“义诊䶮”，系统里没有。请改为已有履职记录类型之一（{KINDS_OF_WORK}），或请管理员新增。",),
        file="表.csv",
    ),
    Bad(
        "namesakes",
        "contributions",
        sheet(WORK, ("公益活动", "", "王宁", "义诊", "2026-05-01")),
        (
            "第 2 行“姓名”是“王宁”，有 2 位委员同名：王宁（编号 012，农业）、王宁（编号 013，科学技术）。"
            "请在“委员编号”列写明是哪一位。",
        ),
    ),
    Bad(
        "namesakes_with_spaces",
        "proposals",
        sheet(PAPER, in_cell(in_cell(FILED, 2, "沈䶮"), 3, "张晓云、王　宁")),
        (
            "第 2 行“联名人”是“张晓云、王　宁”，其中“王　宁”："
            "有 2 位委员同名：王宁（编号 012，农业）、王宁（编号 013，科学技术）。"
            "请在姓名后用括号写明编号，例如“张三（012）”。",
        ),
    ),
    Bad(
        "unknown_name",
        "contributions",
        sheet(WORK, ("公益活动", "", "张小云", "义诊", "2026-05-01")),
        (
            "第 2 行“姓名”是“张小云”，第15届委员中没有这个姓名。"
            "是否为张晓云（编号 011，科学技术）？请核对姓名，或先导入委员名册。",
        ),
    ),
    Bad(
        "number_and_name_differ",
        "contributions",
        work(1, "014"),
        ("第 2 行“编号”是“014”，系统里编号 014 是欧阳文松，这一行的姓名却是张晓云。请核对编号和姓名。",),
    ),
    Bad(
        "unknown_number",
        "contributions",
        work(1, "999"),
        ("第 2 行“编号”是“999”，第15届没有这个委员编号。请核对编号，或先导入委员名册。",),
    ),
    Bad(
        "before_the_term",
        "contributions",
        work(4, "2019-05-01"),
        ("第 2 行“编号”是“011”，2019-05-01 不在任何一届之内。请核对日期，或请管理员登记这一届的起止日期。",),
    ),
    Bad(
        "dates_without_a_year",
        "contributions",
        sheet(WORK, in_cell(DONE, 4, "11.21"), in_cell(DONE, 4, "11月21日")),
        (
            "第 2 行“日期”是“11.21”，没有年份。请写成 2026-11-21 这样的日期。也可在导入时指明年度。",
            "第 3 行“日期”是“11月21日”，没有年份。请写成 2026-11-21 这样的日期。也可在导入时指明年度。",
        ),
    ),
    Bad(
        "dates_in_ten_bad_shapes",
        "contributions",
        sheet(
            WORK,
            *(
                in_cell(in_cell(DONE, 4, text), 3, f"义诊{place}")
                for place, text in enumerate(
                    (
                        "2026-02-30",
                        "2026-13-01",
                        "26.11.21",
                        11.2,
                        "2026年11月",
                        "21/11/2026",
                        "去年冬天",
                        "1826-11-21",
                        "2026-11-21至23日",
                        "星期六",
                    )
                )
            ),
        ),
        (
            "第 2 行“日期”是“2026-02-30”，日历上没有这一天。请写成 2026-11-21 这样的日期。",
            "第 3 行“日期”是“2026-13-01”，日历上没有这一天。请写成 2026-11-21 这样的日期。",
            "第 4 行“日期”是“26.11.21”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 5 行“日期”是“11.2”，可能是 11 月 2 日，也可能是 11 月 20 日（数字末尾的 0 会丢失）。请写成 2026-11-21 这样的日期。",
            "第 6 行“日期”是“2026年11月”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 7 行“日期”是“21/11/2026”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 8 行“日期”是“去年冬天”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 9 行“日期”是“1826-11-21”，不在 1900 年到 2100 年之间。请写成 2026-11-21 这样的日期。",
            "第 10 行“日期”是“2026-11-21至23日”，不是日期。请写成 2026-11-21 这样的日期。",
            "第 11 行“日期”是“星期六”，不是日期。请写成 2026-11-21 这样的日期。",
        ),
        options={"year": 2026},
    ),
    Bad(
        "birth_month_that_lost_its_zero",
        "members",
        sheet((*ROSTER, "出生年月"), (*GOOD, 1975.1)),
        (
            "第 2 行“出生年月”是“1975.1”，可能是 1 月，也可能是 10 月（数字末尾的 0 会丢失）。"
            "请写成 1975-01 或 1975-10。",
        ),
    ),
    Bad(
        "formula_without_result",
        "contributions",
        work(4, "=TODAY()"),
        (
            "第 2 行“日期”（单元格 E2）是公式，文件里没有算好的结果。"
            "请用 Excel 或 WPS 打开并保存一次，或把公式粘贴为数值。",
        ),
    ),
    Bad(
        "formula_with_an_error",
        "contributions",
        replaced(
            (WORK, in_cell(DONE, 3, "=1/0")),
            '<c r="D2"><f>1/0</f><v/></c>',
            '<c r="D2" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
        ),
        ("第 2 行“事项”是“#DIV/0!”，是公式出错的结果（单元格 D2）。请改正公式，或直接填写内容。",),
    ),
    Bad(
        "merged_cells",
        "contributions",
        sheet(WORK, DONE, ("", "014", "欧阳文松", "义诊", "2026-05-01"), change=merge("A2:A3")),
        (
            "第 2 行“类型”是合并单元格 A2:A3 的一部分。请取消合并，在每一格里填写内容。",
            "第 3 行“类型”是合并单元格 A2:A3 的一部分。请取消合并，在每一格里填写内容。",
        ),
    ),
    Bad(
        "same_contribution_twice",
        "contributions",
        sheet(WORK, DONE, DONE),
        ("第 3 行“事项”是“义诊”，与第 2 行重复（同一人、同一天、同一类型、同一事项）。请只留一行，或改写事项。",),
    ),
    Bad(
        "quantities",
        "contributions",
        sheet(
            (*WORK, "数量", "署名次序", "署名人数"), (*DONE, "-1", "", ""), (*in_cell(DONE, 3, "义演"), "", "3", "2")
        ),
        (
            "第 2 行“数量”是“-1”，应为大于 0 的数，最多两位小数，例如 1 或 0.5。请改正。",
            "第 3 行“署名次序”是“3”，大于署名人数 2。请改正其中一个。",
        ),
    ),
    Bad(
        "unknown_mark",
        "meetings",
        sheet(MEETING, in_cell(CAME, 6, "来了")),
        (f"第 2 行“出席情况”是“来了”，不在可填的内容里。请改为以下之一：{MARKS}。",),
    ),
    Bad(
        "unknown_mark_in_a_wide_sheet",
        "meetings",
        sheet(("会议名称", "会议类型", "编号", "2026-03-10上午"), ("五次常委会", "常委会", "011", "来了")),
        (f"第 2 行“2026-03-10上午”是“来了”，不在可填的内容里。请改为以下之一：{MARKS}。",),
    ),
    Bad(
        "twice_at_one_sitting",
        "meetings",
        sheet(MEETING, CAME, in_cell(CAME, 6, "缺席")),
        ("第 3 行“姓名”是“张晓云”，张晓云在这一场已有第 2 行。请只留一行。",),
    ),
    Bad(
        "leave_kind_without_leave",
        "meetings",
        sheet((*MEETING, "请假类别"), (*CAME, "病假")),
        ("第 2 行“请假类别”是“病假”，出席情况却是“出席”。请清空请假类别，或把出席情况改为“请假”。",),
    ),
    Bad(
        "one_name_two_meetings",
        "meetings",
        sheet(MEETING, CAME, in_cell(CAME, 2, "2026-06-10")),
        (
            "第 3 行“日期”是“2026-06-10”，与同名会议的 2026-03-10 相隔太久，不知道是不是同一个会议。"
            "请增加“开始日期”列，写明每个会议从哪天开始。",
        ),
    ),
    Bad(
        "filed_without_a_day",
        "proposals",
        sheet(PAPER, in_cell(FILED, 6, "")),
        ("第 2 行“审查日期”：审查结果是“立案”，没有填审查日期，请填写。",),
    ),
    Bad(
        "proposal_number_twice",
        "proposals",
        sheet(PAPER, FILED, in_cell(FILED, 1, "关于食堂的提案")),
        ("第 3 行“案号”是“7”，与第 2 行重复。请只留一行，或改正案号。",),
    ),
    Bad(
        "merged_into_nothing",
        "proposals",
        sheet((*PAPER, "并入案号"), (*in_cell(FILED, 5, "并案"), "99")),
        ("第 2 行“并入案号”是“99”，2026 年没有案号为“99”的提案。请核对并入的案号。",),
    ),
    Bad(
        "half_an_adoption",
        "opinions",
        sheet(REPORT, in_cell(SENT, 6, "")),
        ("第 2 行“采用单位”是“市政协”，却没有填采用日期。一次采用要写全单位、级别和日期，请补填。",),
    ),
    Bad(
        "adopted_before_it_was_sent",
        "opinions",
        sheet(REPORT, in_cell(SENT, 6, "2026-02-01")),
        (
            "第 2 行“采用日期”：“采用日期”是 2026-02-01，早于“报送日期”2026-03-01。采用日期不能早于报送日期，请改正其中一个日期。",
        ),
    ),
    Bad(
        "report_with_two_titles",
        "opinions",
        sheet(REPORT, SENT, in_cell(in_cell(SENT, 1, "反映充电难"), 4, "省政协")),
        ("第 3 行“题目”是“反映充电难”，同一篇信息的第 2 行写的是“反映停车难”。请改成一样的。",),
    ),
    Bad(
        "one_bad_row_among_good_ones",
        "contributions",
        sheet(WORK, *(in_cell(DONE, 3, f"义诊{place}") for place in range(30)), in_cell(DONE, 0, "")),
        ("第 32 行“类型”没有填。请填写。",),
    ),
)

CORPUS = (*FILES, *HEADINGS, *CELLS)
