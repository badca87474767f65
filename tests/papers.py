"""Small files as people upload them, made here: pictures, a PDF, Word and Excel papers."""

import io
import zipfile

from PIL import Image

from audit.filetypes import checked

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PLACE = "22 Harbour Street"  # what a camera notes beside a picture


def jpeg(size=(8, 6), *, with_place=False, turned=False):
    """A JPEG; ``turned``: stored on its side with the note to turn it."""
    picture = Image.new("RGB", size, "navy")
    exif = Image.Exif()
    if with_place:
        exif[0x010E] = PLACE
        exif.get_ifd(0x8825)[1] = "N"
    if turned:
        exif[0x0112] = 6
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=exif)
    return stream.getvalue()


def png(size=(8, 6), mode="RGB"):
    stream = io.BytesIO()
    Image.new(mode, size).save(stream, "PNG")
    return stream.getvalue()


def paper(main="word/document.xml", **others):
    """A Word or Excel file with its main part; ``others`` {name with __ for /: content} are further parts."""
    parts = {"[Content_Types].xml": "<Types/>", main: "<x/>"}
    parts |= {name.replace("__", "/"): content for name, content in others.items()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def picture(name="现场照片.jpg"):
    """A checked picture, ready to be kept."""
    return checked(name, io.BytesIO(jpeg()), 1024**2)
