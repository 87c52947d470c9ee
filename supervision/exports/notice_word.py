"""A notice as a Word file after GB/T 9704-2012: A4, 版心 156 × 225 mm, 22 lines of 28 characters, red head, 版记, page numbers.

Fonts are named (仿宋_GB2312, 方正小标宋简体) and never bundled: a machine without them takes its own. The file carries no seal.
"""

from io import BytesIO

from docx import Document
from docx.document import Document as Built
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.oxml import parse_xml, serialize_part_xml
from docx.oxml import OxmlElement
from docx.oxml import parse_xml as parse_element
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
_LINE_TWIPS = "579"
# A text box over the foot of the text area, with nothing beside it.
_BOX = """<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"
 xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wp:anchor distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1"
 allowOverlap="0">
<wp:simplePos x="0" y="0"/>
<wp:positionH relativeFrom="margin"><wp:align>left</wp:align></wp:positionH>
<wp:positionV relativeFrom="margin"><wp:align>bottom</wp:align></wp:positionV>
<wp:extent cx="{width}" cy="{height}"/><wp:wrapTopAndBottom/><wp:docPr id="1" name="版记"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/>
<wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>
<a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent/></wps:txbx><wps:bodyPr lIns="0" tIns="0" rIns="0" bIns="0" anchor="b"/>
</wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing>"""
# The order of a paragraph's properties, which the schema fixes: what stands elsewhere some programs leave out.
_ORDER = ("pStyle", "keepNext", "widowControl", "pBdr", "tabs", "snapToGrid", "spacing", "ind", "jc", "rPr")
# A quarter of a point less between the characters of 3号: 28 of them fill 156 mm.
_CLOSER = "-5"
# What a machine without the named fonts takes instead, in this order.
_INSTEAD = {
    BODY: "FangSong,仿宋,STFangsong,FandolFang,Noto Serif CJK SC",
    TITLE: "FZXiaoBiaoSong-B05S,FandolSong,Noto Serif CJK SC",
}
_LONGEST_MARK = 9


def notice_word(paper: Paper) -> bytes:
    """Return the Word file of a paper."""
    document = Document()
    _page(document)
    document.core_properties.title = paper.title
    document.core_properties.author = paper.office
    mark = _line(document, paper.mark, font=TITLE, size=HEAD if len(paper.mark) <= _LONGEST_MARK else Pt(34), colour=RED, spaced=False)
    mark.paragraph_format.space_after = Pt(28)
    number = _line(document, paper.number)
    number.paragraph_format.space_after = Mm(4)
    _border(number, "bottom", size=18, colour="E60012", space="8")
    _blank(document, 2)
    # The breaks are the person's to move: Word's own line breaks within one paragraph.
    title = _line(document, "\n".join(paper.title_lines), font=TITLE, size=TWO, spaced=False)
    title.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    title.paragraph_format.line_spacing = Pt(35)
    _blank(document, 1)
    _line(document, f"{paper.to}：", align=WD_ALIGN_PARAGRAPH.LEFT)
    for text in paper.first_paragraphs:
        _paragraph(document, text)
    for text in paper.last_paragraphs:
        _paragraph(document, text).paragraph_format.keep_with_next = True
    _attachments(document, paper)
    _signature(document, paper)
    _imprint(document, paper)
    section = document.sections[0]
    for footer, align in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        _page_number(footer.paragraphs[0], align)
    if paper.note:
        # Above the text area, on every page: what is no document cannot be taken for one.
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            _run(header.paragraphs[0], f"（{paper.note}）", BODY, FOUR)
    _in_order(document)
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
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), _LINE_TWIPS)
    style = document.styles["Normal"]
    style.font.size = THREE
    style.font.name = BODY
    properties = style.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY)
    language = OxmlElement("w:lang")
    for name, value in (("val", "en-US"), ("eastAsia", "zh-CN")):
        language.set(qn(f"w:{name}"), value)
    properties.append(language)
    _font_table(document)


def _font_table(document: Built) -> None:
    """Name what stands in for the licensed fonts."""
    part = next((part for part in document.part.package.iter_parts() if part.partname == "/word/fontTable.xml"), None)
    if part is None:
        return
    table = parse_xml(part.blob)
    for name, others in _INSTEAD.items():
        font = OxmlElement("w:font")
        font.set(qn("w:name"), name)
        for tag, value in (("altName", others), ("charset", "86"), ("family", "roman"), ("pitch", "variable")):
            element = OxmlElement(f"w:{tag}")
            element.set(qn("w:val"), value)
            font.append(element)
        table.append(font)
    part._blob = serialize_part_xml(table)


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
    else:
        free = OxmlElement("w:snapToGrid")
        free.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(free, "w:spacing", "w:ind", "w:jc")
    _run(paragraph, text, font, size, colour)
    return paragraph


def _run(paragraph: Paragraph, text: str, font: str, size: Pt, colour: RGBColor | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.name, run.font.size = font, size
    if colour is not None:
        run.font.color.rgb = colour
    properties = run._element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    # Quotation marks and dashes are Chinese ones.
    fonts.set(qn("w:hint"), "eastAsia")
    if size == THREE:
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), _CLOSER)
        properties.insert_element_before(spacing, "w:w", "w:kern", "w:position", "w:sz", "w:szCs")


def _blank(document: Built, lines: int, *, together: bool = False) -> None:
    for _ in range(lines):
        _line(document, "").paragraph_format.keep_with_next = together


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
    _blank(document, 1, together=True)
    many = len(paper.attachments) > 1
    for number, name in enumerate(paper.attachments, 1):
        head = "附件：" if number == 1 else "　　　"
        line = _line(document, f"{head}{f'{number}. ' if many else ''}{name}", align=WD_ALIGN_PARAGRAPH.LEFT)
        line.paragraph_format.keep_with_next = True
        _indent(line, "leftChars", 200)


def _signature(document: Built, paper: Paper) -> None:
    """Add 署名 and 成文日期: the date four characters from the right, the office above its middle."""
    _blank(document, 1, together=True)
    day = paper.date_words or "　　　　年　月　日"
    # Both are as wide as their characters; Arabic digits take half.
    width = sum(0.5 if sign.isascii() else 1 for sign in day)
    office = _line(document, paper.office, align=WD_ALIGN_PARAGRAPH.RIGHT)
    _indent(office, "rightChars", int(100 * max(0, 4 + (width - len(paper.office)) / 2)))
    office.paragraph_format.keep_with_next = True
    dated = _line(document, day, align=WD_ALIGN_PARAGRAPH.RIGHT)
    dated.paragraph_format.keep_with_next = True
    _indent(dated, "rightChars", 400)


def _imprint(document: Built, paper: Paper) -> None:
    """Add the 版记: who gets a copy, who issued it when, between lines, at the foot of the last page (GB/T 9704): in a text box at the foot
    of the page on which its paragraph stands, which is kept with the signature."""
    lines = []
    rows: list[tuple[str, str]] = []
    if paper.copies:
        rows.append((f"抄送：{'，'.join(paper.copies)}。", ""))
    rows.append((paper.office, f"{paper.date_words}印发" if paper.day else ""))
    for number, (left, right) in enumerate(rows):
        # The lines are as wide as the text area, the words one character in from both sides.
        line = _line(document, f"　{left}", size=FOUR, align=WD_ALIGN_PARAGRAPH.LEFT, spaced=False)
        line.paragraph_format.line_spacing_rule, line.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(20)
        line.paragraph_format.keep_with_next = number < len(rows) - 1
        if right:
            line.paragraph_format.tab_stops.add_tab_stop(Mm(156) - Pt(14), alignment=2)
            _run(line, f"\t{right}", BODY, FOUR)
        _border(line, "top", size=8 if number == 0 else 6, colour="000000")
        if number == len(rows) - 1:
            _border(line, "bottom", size=8, colour="000000")
        lines.append(line._p)
    holder = _line(document, "", size=Pt(1), spaced=False)
    holder.paragraph_format.line_spacing_rule, holder.paragraph_format.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(1)
    # A little more than the lines take: they stand at the foot of the box.
    drawing = parse_element(_BOX.format(width=Mm(156), height=Pt(20 * paper.imprint_lines + 8)))
    next(drawing.iter(qn("w:txbxContent"))).extend(lines)
    holder.add_run()._element.append(drawing)


def _in_order(document: Built) -> None:
    """Put the properties of every paragraph into the order of the schema."""
    place = {qn(f"w:{name}"): number for number, name in enumerate(_ORDER)}
    for properties in document.element.body.iter(qn("w:pPr")):
        properties[:] = sorted(properties, key=lambda one: place.get(one.tag, len(_ORDER)))


def _border(paragraph: Paragraph, side: str, *, size: int, colour: str, space: str = "2") -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = properties.find(qn("w:pBdr"))
    if borders is None:
        borders = OxmlElement("w:pBdr")
        properties.append(borders)
    element = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", space), ("color", colour)):
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
