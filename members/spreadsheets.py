"""What a spreadsheet makes of a text that begins like a formula, and how to keep it from that."""


def harmless(cell: str) -> str:
    """The cell of a CSV file, with a ' before what would be taken for a formula; figures may begin with a minus."""
    return f"'{cell}" if cell[:1] in {"=", "+", "@", "\t", "\r"} or (cell[:1] == "-" and not _is_figure(cell)) else cell


def _is_figure(cell: str) -> bool:
    return cell.removeprefix("-").replace(".", "", 1).isdigit()
