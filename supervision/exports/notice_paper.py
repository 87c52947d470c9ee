"""What stands on the paper of a notice, part by part in the order of GB/T 9704 (domain.md §7.4): for the printed page and the Word file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from erqi.common.attachments import of
from erqi.common.dates import chinese_day
from supervision.choices import NoticeKind
from supervision.models import Notice, NoticeAct, NoticeText
from supervision.models.notice import OFFICE
from supervision.sentences.notice import head_words

_DISTRICT = "二七区"


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
    def date_words(self) -> str:
        return chinese_day(self.day) if self.day else ""

    @property
    def file_name(self) -> str:
        """What a file of it is called, without its ending."""
        return f"{self.number or '拟稿'} {self.title}".strip()


def _note(notice: Notice, *, draft: bool) -> str:
    return "；".join(filter(None, ["拟稿，未下发" if draft else "", "模拟数据，非正式文件" if notice.simulated else ""]))


def _contact(notice: Notice) -> str:
    return f"联系人：{notice.contact}。" if notice.contact else ""


def notice_paper(notice: Notice, version: NoticeText | None, day: date) -> Paper:
    """Return the paper of a notice: of a version as it was sent (and to whom), or of the draft (`version` None); `day` is its year."""
    text = version or notice
    due = f"反馈时限：{chinese_day(text.due_on)}。" if text.due_on else f"反馈时限：自下发之日起 {notice.days} 个工作日内。"
    sent = version is not None
    return Paper(
        mark=f"{_DISTRICT}{head_words(notice.kind)}",
        number=notice.number_text if sent else f"{notice.issuer}〔{day.year}〕　号",
        title=text.title,
        to=(text.unit or notice.unit).name,
        paragraphs=[*(line for line in text.text.splitlines() if line.strip()), due + _contact(notice)],
        attachments=[one.name for one in of(notice)],
        office=OFFICE,
        day=version.on if version is not None else None,
        copies=[copy.unit.name for copy in notice.copies.select_related("unit")],
        note=_note(notice, draft=not sent),
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
        copies=[copy.unit.name for copy in notice.copies.select_related("unit")],
        note=_note(notice, draft=False),
    )
