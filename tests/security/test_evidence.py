"""Uploaded files: what is kept is what it says, under a random name, and is served only with its record."""

import hashlib
import io
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from PIL import Image

from activities.models import Contribution
from audit import evidence, filetypes
from audit.actions import act
from audit.filetypes import DOCX, PNG, XLSX, FileRefused, checked, safe_name
from audit.models import Evidence
from tests.cast import make_cast, make_contribution
from tests.papers import PDF, PLACE, jpeg, paper, picture, png

MOST = 1024**2
SCRIPT = b"<html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def wide_png():
    """A few bytes that claim to be 100,000 × 100,000 points."""
    data = png()
    return data[:16] + (100_000).to_bytes(4) * 2 + data[24:]


HOSTILE = [
    ("page.jpg", SCRIPT, "不是可以上传的文件"),
    ("photo.jpg", b"\xff\xd8\xff" + SCRIPT, "不是完整的图片"),
    ("photo.jpg", jpeg()[:-200], "不是完整的图片"),
    ("photo.png", b"\x89PNG\r\n\x1a\n" + SCRIPT, "不是完整的图片"),
    ("wide.png", wide_png(), "图片"),
    ("drawing.svg", SVG, "不是可以上传的文件"),
    ("drawing.png", SVG, "不是可以上传的文件"),
    ("photo.heic", b"\0\0\0\x18ftypheic" + b"\0" * 20, "HEIC"),
    ("old.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 20, "旧版"),
    ("a.pdf", b"%PDF-1.7\n", "不是完整的 PDF"),
    ("a.pdf", PDF.replace(b"/Type", b"/OpenAction<</S/JavaScript>>/Type"), "脚本"),
    ("a.docx", paper("something.txt"), "压缩包"),
    ("a.docx", paper(word__vbaProject_bin="x"), "宏"),
    ("a.docx", paper(word__embeddings__x="x"), "夹带"),
    ("a.xlsx", paper("xl/workbook.xml", **{"..__x": "x"}), "内部结构"),
    ("a.docx", SCRIPT + paper(), "不是可以上传的文件"),
    ("a.docx", paper() + SCRIPT, "不是完整的 Word"),
    ("a.docx", paper()[:-30], "不是完整的 Word"),
    ("empty.jpg", b"", "空的"),
    ("big.jpg", jpeg() + b"\0" * MOST, "最大 1 MB"),
]


@pytest.mark.parametrize(("name", "data", "sentence"), HOSTILE)
def test_hostile_file_is_refused_in_words(name, data, sentence):
    with pytest.raises(FileRefused, match=sentence):
        checked(name, io.BytesIO(data), MOST)


def test_paper_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(filetypes, "ZIP_BYTES", MOST)
    with pytest.raises(FileRefused, match="解压后超过"):
        checked("bomb.docx", io.BytesIO(paper(word__x="0" * 2 * MOST)), MOST)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\照片.jpg", "照片.jpg"),
        ('a"; filename="b.html', "a filename=b.html"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie x=1.jpg"),
        ("gpj.‮exe", "gpj.exe"),
        ("...", "材料"),
        ("长" * 300 + ".docx", "长" * 95 + ".docx"),
    ],
)
def test_name_of_a_file_steers_nothing(given, kept):
    assert safe_name(given) == kept


def test_extension_follows_the_content():
    found = [checked(name, io.BytesIO(data), MOST) for name, data in (("a.html", png()), ("b.zip", paper()))]
    assert [(one.name, one.media_type) for one in found] == [("a.png", PNG), ("b.docx", DOCX)]
    assert checked("c", io.BytesIO(paper("xl/workbook.xml")), MOST).media_type == XLSX


def test_picture_is_made_anew_upright_without_place_and_what_was_hidden_behind():
    data = jpeg((8, 6), with_place=True, turned=True) + SCRIPT
    kept = checked("a.jpg", io.BytesIO(data), MOST).content
    with Image.open(io.BytesIO(kept)) as made:
        size, exif = made.size, dict(made.getexif())
    assert (PLACE.encode() in data, PLACE.encode() in kept, SCRIPT in kept, size, exif) == (
        True,
        False,
        False,
        (6, 8),
        {},
    )


# ---------------------------------------------------------------- kept and served
@pytest.fixture
def cast(db):
    return make_cast()


@pytest.fixture
def proof(cast, evidence_dir):
    with evidence.saving(), act(user=None, verb="登记履职记录"):
        row = evidence.keep(cast.place.committee, picture("现场.jpg"))
        make_contribution(cast.place, cast.ordinary, evidence=row)
    return row


def files(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_file_lies_under_a_random_name_with_its_digest(proof, evidence_dir):
    (name,) = files(evidence_dir)
    content = (evidence_dir / name).read_bytes()
    assert (name, hashlib.sha256(content).hexdigest(), len(content)) == (proof.stored_as, proof.digest, proof.size)
    assert "现场" not in name
    assert (evidence_dir / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.sqlite
def test_file_is_served_with_its_record_and_runs_nothing(client, cast, proof):
    address = f"/evidence/{proof.public_id}/"
    statuses = {}
    for name in ("ordinary_user", "clerk", "other_clerk", "standing_user", "stranger"):
        client.force_login(getattr(cast, name))
        response = client.get(address)
        statuses[name] = response.status_code
        if name == "clerk":
            headers = {key: response[key] for key in ("Content-Type", "X-Content-Type-Options", "Content-Disposition")}
            policy = response["Content-Security-Policy"].split("; ")
            assert hashlib.sha256(b"".join(response.streaming_content)).hexdigest() == proof.digest
    assert statuses == {"ordinary_user": 200, "clerk": 200, "other_clerk": 404, "standing_user": 404, "stranger": 404}
    assert headers == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline; filename*=utf-8''%E7%8E%B0%E5%9C%BA.jpg",
    }
    assert "sandbox" in policy


@pytest.mark.sqlite
def test_file_without_its_record_or_gone_does_not_exist(client, cast, proof, evidence_dir):
    client.force_login(cast.clerk)
    (evidence_dir / proof.stored_as).unlink()
    assert client.get(f"/evidence/{proof.public_id}/").status_code == 404
    with evidence.saving(), act(user=None, verb="登记履职记录"):
        lonely = evidence.keep(cast.place.committee, picture())
    assert client.get(f"/evidence/{lonely.public_id}/").status_code == 404


def upload(client, cast, content, **changes):
    """Send the form of a new contribution with a file named 现场.jpg."""
    return client.post(
        "/contributions/new/",
        {
            "office": cast.place.offices[0].public_id,
            "kind": cast.place.kinds["public_service"].public_id,
            "title_of_work": "义诊",
            "happened_on": "2026-03-10",
            "names": "单志松",
            "quantity": "1",
            "evidence": SimpleUploadedFile("现场.jpg", content),
            **changes,
        },
    )


@pytest.mark.sqlite
def test_save_that_fails_leaves_neither_file_nor_row(client, cast, evidence_dir):
    client.force_login(cast.clerk)
    upload(client, cast, jpeg())
    before = files(evidence_dir)
    second = upload(client, cast, jpeg())
    assert "已登记过" in str(second.context["form"].errors)
    third = upload(client, cast, SCRIPT, title_of_work="又一次义诊")
    assert "不是可以上传的文件" in str(third.context["form"].errors["evidence"])
    assert (len(before), files(evidence_dir), Evidence.objects.count(), Contribution.objects.count()) == (
        1,
        before,
        1,
        1,
    )


def crash_after_the_file(committee):
    with evidence.saving(), act(user=None, verb="登记履职记录"):
        evidence.keep(committee, picture())
        raise ZeroDivisionError


def test_crash_between_file_and_row_leaves_no_file(cast, evidence_dir):
    with pytest.raises(ZeroDivisionError):
        crash_after_the_file(cast.place.committee)
    assert (files(evidence_dir), Evidence.objects.count()) == ([], 0)


@pytest.mark.sqlite
def test_sweep_removes_old_strays_alone_and_names_damaged_files(proof, evidence_dir, capsys):
    for name, age in (("old", 7200), ("new", 0)):
        stray = evidence_dir / name
        stray.write_bytes(b"x")
        os.utime(stray, (stray.stat().st_mtime - age,) * 2)
    call_command("sweep_evidence")
    assert "删除了 1 个" in capsys.readouterr().out
    assert files(evidence_dir) == sorted(["new", proof.stored_as])
    (evidence_dir / proof.stored_as).write_bytes(b"changed")
    with pytest.raises(CommandError, match=r"现场\.jpg"):
        call_command("sweep_evidence")
