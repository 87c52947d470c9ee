"""A notice as a Word file after GB/T 9704-2012: A4, 版心 156 × 225 mm, 22 lines of 28 characters, red head, 版记, page numbers.

Fonts are named (仿宋_GB2312, 方正小标宋简体) and never bundled: a machine without them takes its own. The file carries no seal.
"""

from io import BytesIO

from docx import Document
from docx.document import Document as Built
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from supervision.exports.notice_paper import Paper

WORD_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BODY, TITLE, DIGITS = "仿宋_GB2312", "方正小标宋简体", "宋体"
THREE, TWO, FOUR, HEAD = Pt(16), Pt(22), Pt(14), Pt(40)
RED = RGBColor(0xE6, 0x00, 0x12)
# 22 lines in 225 mm, 28 characters in 156 mm.
LINE = Pt(28.95)
_LINE_TWIPS, _CHAR_SPACE = "579", "-849"
_LONGEST_MARK = 9


def notice_word(paper: Paper) -> bytes:
    """Return the Word file of a paper."""
    document = Document()
    _page(document)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.office
    if paper.note:
        _line(document, f"（{paper.note}）", size=FOUR)
    mark = _line(document, paper.mark, font=TITLE, size=HEAD if len(paper.mark) <= _LONGEST_MARK else Pt(34), colour=RED, spaced=False)
    mark.paragraph_format.space_after = Pt(28)
    number = _line(document, paper.number)
    number.paragraph_format.space_after = Mm(4)
    _border(number, "bottom", size=18, colour="E60012")
    _blank(document, 2)
    title = _line(document, paper.title, font=TITLE, size=TWO, spaced=False)
    title.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    title.paragraph_format.line_spacing = Pt(35)
    _blank(document, 1)
    _line(document, f"{paper.to}：", align=WD_ALIGN_PARAGRAPH.LEFT)
    for text in paper.paragraphs:
        _paragraph(document, text)
    _attachments(document, paper)
    _signature(document, paper)
    _imprint(document, paper)
    for part, align in (
        (document.sections[0].footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (document.sections[0].even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        _page_number(part.paragraphs[0], align)
    kept = BytesIO()
    document.save(kept)
    return kept.getvalue()


def _page(document: Built) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.left_margin = Mm(37), Mm(28)
    section.right_margin, section.bottom_margin = Mm(26), Mm(35)
    section.footer_distance = Mm(25)
    document.settings.odd_and_even_pages_header_footer = True
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), _LINE_TWIPS)
    grid.set(qn("w:charSpace"), _CHAR_SPACE)
    style = document.styles["Normal"]
    style.font.size = THREE
    style.font.name = BODY
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), BODY)


def _line(
    document: Built,
    text: str,
    *,
    font: str = BODY,
    size: Pt = THREE,
    colour: RGBColor | None = None,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.CENTER,
    spaced: bool = True,
) -> Paragraph:
    """Add a line; `spaced`: in the grid of 22 lines."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    if spaced:
        form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    _run(paragraph, text, font, size, colour)
    return paragraph


def _run(paragraph: Paragraph, text: str, font: str, size: Pt, colour: RGBColor | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    if colour is not None:
        run.font.color.rgb = colour
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _blank(document: Built, lines: int) -> None:
    for _ in range(lines):
        _line(document, "")


def _paragraph(document: Built, text: str) -> Paragraph:
    """Add a paragraph of the body: two characters in, both margins even."""
    paragraph = _line(document, text, align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _indent(paragraph, "firstLineChars", 200)
    paragraph.paragraph_format.widow_control = False
    return paragraph


def _indent(paragraph: Paragraph, side: str, hundredths: int) -> None:
    """Set an indent in characters (Word's own unit for Chinese), and in points for programs that do not know it."""
    properties = paragraph._p.get_or_add_pPr()
    element = properties.find(qn("w:ind"))
    if element is None:
        element = OxmlElement("w:ind")
        properties.append(element)
    element.set(qn(f"w:{side}"), str(hundredths))
    element.set(qn(f"w:{side.removesuffix('Chars')}"), str(int(hundredths / 100 * 16 * 20)))


def _attachments(document: Built, paper: Paper) -> None:
    if not paper.attachments:
        return
    _blank(document, 1)
    many = len(paper.attachments) > 1
    for number, name in enumerate(paper.attachments, 1):
        head = "附件：" if number == 1 else "　　　"
        line = _line(document, f"{head}{f'{number}. ' if many else ''}{name}", align=WD_ALIGN_PARAGRAPH.LEFT)
        _indent(line, "leftChars", 200)


def _signature(document: Built, paper: Paper) -> None:
    """Add 署名 and 成文日期: the date four characters from the right, the office above its middle."""
    _blank(document, 2)
    day = paper.date_words or "　　　　年　月　日"
    # Both are as wide as their characters; Arabic digits take half.
    width = sum(0.5 if sign.isascii() else 1 for sign in day)
    office = _line(document, paper.office, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _indent(office, "rightChars", int(100 * max(0, 4 + (width - len(paper.office)) / 2)))
    office.paragraph_format.keep_with_next = True
    _indent(_line(document, day, align=WD_ALIGN_PARAGRAPH.RIGHT), "rightChars", 400)


def _imprint(document: Built, paper: Paper) -> None:
    """Add the 版记: who gets a copy, who issued it when, between lines."""
    _blank(document, 2)
    rows: list[tuple[str, str]] = []
    if paper.copies:
        rows.append((f"抄送：{'，'.join(paper.copies)}。", ""))
    rows.append((paper.office, f"{paper.date_words}印发" if paper.day else ""))
    for number, (left, right) in enumerate(rows):
        line = _line(document, left, size=FOUR, align=WD_ALIGN_PARAGRAPH.LEFT, spaced=False)
        _indent(line, "leftChars", 100)
        _indent(line, "rightChars", 100)
        line.paragraph_format.keep_with_next = number < len(rows) - 1
        if right:
            line.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(14), alignment=2)
            _run(line, f"\t{right}", BODY, FOUR)
        _border(line, "top", size=8 if number == 0 else 6, colour="000000")
        if number == len(rows) - 1:
            _border(line, "bottom", size=8, colour="000000")


def _border(paragraph: Paragraph, side: str, *, size: int, colour: str) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.append(borders)
    element = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", "6"), ("color", colour)):
        element.set(qn(f"w:{name}"), value)
    borders.append(element)


def _page_number(paragraph: Paragraph, align: WD_ALIGN_PARAGRAPH) -> None:
    """Write — 1 — in 4号, one character from the outer edge."""
    paragraph.alignment = align
    _run(paragraph, "— ", DIGITS, FOUR)
    run = paragraph.add_run()
    run.font.name, run.font.size = DIGITS, FOUR
    for kind in ("begin", None, "end"):
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = "PAGE"
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
        run._element.append(element)
    _run(paragraph, " —", DIGITS, FOUR)
    _indent(paragraph, "rightChars" if align == WD_ALIGN_PARAGRAPH.RIGHT else "leftChars", 100)
