"""What stands on the paper of a notice, part by part in the order of GB/T 9704 (domain.md §7.4): for the printed page and the Word file."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from erqi.common.attachments import of
from erqi.common.dates import chinese_day
from supervision.choices import NoticeAction, NoticeKind, NoticeState
from supervision.models import Notice, NoticeAct, NoticeText
from supervision.models.notice import OFFICE
from supervision.sentences.notice import head_words
from supervision.sentences.title import title_lines

_DISTRICT = "二七区"


# So many paragraphs of the body go along with the signature; so many lines has a page.
_TOGETHER, _PAGE = 2, 22


def _lines(text: str, width: int, indent: int = 0) -> int:
    """Return how many lines a text takes, an Arabic digit being half as wide as a character."""
    return max(1, math.ceil((indent + sum(0.5 if sign.isascii() else 1 for sign in text)) / width))


@dataclass(frozen=True)
class Paper:
    """The parts of the document. `day` is empty for a draft; `note` says what keeps it from being a document (draft, simulated)."""

    mark: str
    number: str
    title: str
    to: str
    paragraphs: Sequence[str]
    attachments: Sequence[str]
    office: str
    day: date | None
    copies: Sequence[str]
    note: str = ""

    @property
    def title_lines(self) -> Sequence[str]:
        """The title in lines that leave names and its end whole."""
        return title_lines(self.title)

    @property
    def first_paragraphs(self) -> Sequence[str]:
        """What stands before the end of the body."""
        return self.paragraphs[:-_TOGETHER]

    @property
    def last_paragraphs(self) -> Sequence[str]:
        """The end of the body, which goes along with the signature: no page has that alone."""
        return self.paragraphs[-_TOGETHER:]

    @property
    def pages(self) -> int:
        """On how many pages of 22 lines of 28 characters it stands, as reckoned from its words: the 版记 stands at the foot of the last."""
        head = 8.5 + bool(self.note) + sum(_lines(line, 20) for line in self.title_lines) * 1.2
        first = sum(_lines(text, 28, 2) for text in self.first_paragraphs)
        last = sum(_lines(text, 28, 2) for text in self.last_paragraphs) + 3
        last += sum(_lines(name, 23) for name in self.attachments) + bool(self.attachments)
        last += 0.8 + 0.9 * self.imprint_lines
        full, rest = divmod(head + first, _PAGE)
        return int(full) + (1 if rest + last <= _PAGE else 2)

    @property
    def imprint_lines(self) -> int:
        """How many lines the 版记 takes, as reckoned from its words."""
        return 1 + (_lines(f"抄送：{'，'.join(self.copies)}。", 30) if self.copies else 0)

    @property
    def date_words(self) -> str:
        return chinese_day(self.day) if self.day else ""

    @property
    def file_name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"{self.number or '拟稿'} {self.title}".strip()


def _note(notice: Notice, version: NoticeText | None) -> str:
    """Return what is to be known before the paper is taken for a document in force: a draft, revoked, replaced, another deadline."""
    found = ["拟稿，未下发" if version is None else _revoked(notice)]
    if version is not None and not found[0]:
        if version.version < notice.text_version:
            found.append(f"第{version.version}版，已由第{notice.text_version}版代替")
        elif notice.due_on and version.due_on != notice.due_on:
            found.append(f"反馈时限现为{chinese_day(notice.due_on)}")
    return "；".join(filter(None, [*found, "模拟数据，非正式文件" if notice.simulated else ""]))


def _revoked(notice: Notice) -> str:
    if notice.state != NoticeState.REVOKED:
        return ""
    act = notice.acts.filter(action=NoticeAction.REVOKE).order_by("-pk").first()
    return f"已撤销{f'（{chinese_day(act.on)}）' if act else ''}，不再执行"


def _sort(notice: Notice, version: NoticeText | None) -> tuple[str, str]:
    """Return what stands behind the number of another version than the first, and the sentence that says what became of the one before."""
    before = notice.texts.filter(version=version.version - 1).first() if version is not None and version.version > 1 else None
    if version is None or before is None:
        return "", ""
    given = before.unit_id != version.unit_id
    word = "转办" if given else "变更"
    reason = version.reason.removeprefix("转办：").rstrip("。")
    return (
        f"（{word}）",
        f"{notice.number_text}于{chinese_day(version.on)}{word}（{reason}），以本件为准，{chinese_day(before.on)}所发的不再执行。",
    )


def _contact(notice: Notice) -> str:
    return f"联系人：{notice.contact}。" if notice.contact else ""


def notice_paper(notice: Notice, version: NoticeText | None, day: date) -> Paper:
    """Return the paper of a notice: of a version that was sent (to whom it was sent then), or of the draft (`version` None).

    `day` gives a draft its year. A change and a transfer are named behind the number, with their day; what is no longer in force is
    marked.
    """
    text = version or notice
    due = f"反馈时限：{chinese_day(text.due_on)}。" if text.due_on else f"反馈时限：自下发之日起 {notice.days} 个工作日内。"
    sent = version is not None
    sort, replaces = _sort(notice, version)
    return Paper(
        mark=f"{_DISTRICT}{head_words(notice.kind)}",
        number=f"{notice.number_text}{sort}" if sent else f"{notice.issuer}〔{day.year}〕　号",
        title=text.title,
        to=(text.unit or notice.unit).name,
        paragraphs=[*(line for line in text.text.splitlines() if line.strip()), *filter(None, [replaces]), due + _contact(notice)],
        attachments=[one.name for one in of(notice)],
        office=OFFICE,
        day=version.on if version is not None else None,
        copies=[copy.unit.name for copy in notice.copies.standing().select_related("unit")],
        note=_note(notice, version),
    )


def urge_paper(notice: Notice, act: NoticeAct, times: int) -> Paper:
    """Return the paper of an urging (督察催办通知): the how many-eth of its notice."""
    due_on = act.due_on or notice.due_on
    issued = f"{chinese_day(notice.issued_on)}下发的" if notice.issued_on else ""
    return Paper(
        mark=f"{_DISTRICT}{head_words(NoticeKind.URGE)}",
        number=f"{notice.number_text}（第{times}次催办）",
        title=f"关于催办《{notice.title}》的通知",
        to=act.unit.name if act.unit else notice.unit.name,
        paragraphs=[
            f"{issued}{notice.number_text}《{notice.title}》，要求于{chinese_day(due_on)}前反馈。" if due_on else notice.title,
            *(line for line in act.text.splitlines() if line.strip()),
            f"请立即办理，书面说明情况。{_contact(notice)}",
        ],
        attachments=[],
        office=OFFICE,
        day=act.on,
        copies=[copy.unit.name for copy in notice.copies.standing().select_related("unit")],
        note="；".join(filter(None, [_revoked(notice), "模拟数据，非正式文件" if notice.simulated else ""])),
    )
