"""Items of the supervision ledgers (督察事项): registered, worked on by steps, struck off; with words, dates, grid, links and colours of
every day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from erqi.bench.acts import Made, Move, ended, load_acts, load_records, number_each, play, under_way
from erqi.bench.days import PLANNED, TODAY
from erqi.bench.notices import busy_project, carrying
from erqi.bench.people import District
from erqi.bench.projects import milestone_key, project_name, spread
from erqi.bench.rows import load
from erqi.common import pinyin, workdays
from erqi.common.bulk import remembered
from projects.choices import DelayCause, MilestoneKind, ResponsibilityKind
from projects.choices import Duty as As
from projects.rules.search import search_key
from projects.rules.warning import Facts, MilestoneFact, thresholds
from projects.services.floor import policies_from
from supervision.choices import EvidenceSide, ItemSource, Party
from supervision.choices import ItemAction as Do
from supervision.models import (
    ItemAct,
    ItemDuty,
    ItemEvidence,
    ItemLink,
    ItemSchedule,
    ItemStep,
    ItemText,
    StepDates,
    SupervisionItem,
    Theme,
)
from supervision.rules.item import MACHINE

_OFFICE, _UNIT, _INSPECTOR = Party.SUPERVISION, Party.HANDLER, Party.INSPECTOR
_NAMES = (
    "老旧小区改造遗留问题整改",
    "背街小巷提升",
    "黑臭水体治理",
    "问题楼盘化解",
    "安置房回迁",
    "道路打通",
    "企业帮扶",
    "环保督察反馈问题整改",
)
_STEPS = ("制定方案", "落实资金和责任人", "组织实施", "验收交付")
_SOURCES = tuple(ItemSource)
_CAUSES = (DelayCause.FUNDS, DelayCause.LAND, DelayCause.PERMIT, DelayCause.PIPES)

_REGISTER = Move(Do.REGISTER, _OFFICE)
_DONE = [Move(Do.STEP, _UNIT, wait, str(place)) for place, wait in enumerate((12, 22, 24, 22))]
_PROGRESS = Move(Do.PROGRESS, _UNIT, 4, "按时间表推进，现场已进场施工")
_APPLY = Move(Do.APPLY, _UNIT, 4, "任务已全部完成，申请销号")
_VERIFY = Move(Do.VERIFY, _INSPECTOR, 3, "现场核验，完成属实")
_CONFIRM = Move(Do.CONFIRM, _OFFICE, 2)
_CAUSE = Move(Do.CAUSE, _INSPECTOR, 1, "病因核实")
_ALL_DONE = [_REGISTER, *_DONE[:2], _PROGRESS, *_DONE[2:]]
_ENDED: dict[int, list[Move]] = {
    0: [*_ALL_DONE, _APPLY, Move(Do.SEND_BACK, _INSPECTOR, 2, "缺少办理后的照片"), _APPLY, _VERIFY, _CONFIRM],
    1: [*_ALL_DONE, _APPLY, _VERIFY, Move(Do.REFUSE, _OFFICE, 2, "请补充群众满意度材料"), _APPLY, _VERIFY, _CONFIRM],
    2: [_REGISTER, _DONE[0], Move(Do.CANCEL, _OFFICE, 8, "与其他事项重复立项")],
    3: [_REGISTER, *_DONE[:2], Move(Do.MOVE, _OFFICE, 4, "受汛期影响，调整时限"), *_DONE[2:], _APPLY, _VERIFY, _CONFIRM],
    4: [_REGISTER, Move(Do.AMEND, _OFFICE, 3, "修改目标任务"), *_DONE, _APPLY, _VERIFY, _CONFIRM],
}
_STRAIGHT = [*_ALL_DONE, _APPLY, _VERIFY, _CONFIRM]
_OPEN: list[tuple[list[Move], int]] = [
    ([_REGISTER], 3),
    ([_REGISTER, _DONE[0]], 4),
    ([_REGISTER, *_DONE[:2], _PROGRESS], 6),
    ([_REGISTER, *_DONE[:2], _PROGRESS], 29),
    ([_REGISTER, *_DONE[:2], _PROGRESS], 40),
    ([_REGISTER, *_DONE[:2], _PROGRESS], 60),
    ([_REGISTER, _DONE[0], Move(Do.PROGRESS, _UNIT, 40, "资金尚未到位"), _CAUSE], 45),
    ([*_ALL_DONE, _APPLY], 2),
    ([*_ALL_DONE, _APPLY, _VERIFY], 1),
    ([*_ALL_DONE, _APPLY, Move(Do.SEND_BACK, _INSPECTOR, 2, "缺少办理后的照片")], 2),
]
# Calendar days from the registration to the end of each step and of the whole.
_DUE = (20, 55, 95, 125)
_WHOLE = 140


def course_of(number: int) -> tuple[list[Move], int | None]:
    """Return the moves of an item, and for how many working days it has stood unfinished (None: it is at its end)."""
    if number % 6 == 1:
        return _OPEN[number // 6 % len(_OPEN)]
    return _ENDED.get((number + number // 6) % 12, _STRAIGHT), None


def build_items(count: int, size: int, district: District) -> list[Made]:
    """Build so many items, keys 1 to `count`, and return them; the caller holds the transaction."""
    themes = list(Theme.objects.order_by("seq").values_list("pk", flat=True))
    made = [_made(number, size, district, themes) for number in range(1, count + 1)]
    for key, (year, number) in number_each(made, lambda one: one.begun.date()).items():
        _number(made[key - 1].values, year, number)
    load_records(
        SupervisionItem,
        (
            *("number", "year", "unit_id", "project_id", "registered_on", "baseline_due_on", "due_on", "cause", "cause_note", "closed_on"),
            *_WORDS,
        ),
        made,
    )
    load(ItemText, ("item_id", "valid_from", "valid_until", *_WORDS), (row for one in made for row in _texts(one)))
    load(
        ItemStep,
        ("id", "item_id", "seq", "name", "measure", "recorded_on", "baseline_due_on", "due_on", "done_on"),
        (row for one in made for row in _steps(one)),
    )
    load(
        StepDates,
        ("step_id", "seq", "name", "measure", "due_on", "valid_from", "valid_until", "done_on"),
        (row for one in made for row in _step_dates(one)),
    )
    load(
        ItemDuty,
        ("item_id", "kind", "unit_id", "duty", "person_id", "since", "recorded_on"),
        (row for one in made for row in _duties(one, district)),
    )
    load(ItemLink, ("item_id", "project_id", "milestone_id", "since"), (row for one in made for row in _links(one)))
    keys = load_acts(ItemAct, made)
    load(
        ItemEvidence,
        ("act_id", "side"),
        (
            (keys[one.key, place], side)
            for one in made
            for place, act in enumerate(one.acts)
            if act["action"] == Do.APPLY
            for side in EvidenceSide
        ),
    )
    load(
        ItemSchedule,
        ("item_id", "valid_from", "valid_until", "policy_id", "green_on", "blue_on", "yellow_on", "red_on", "closed_on"),
        (row for one in made for row in _schedules(one)),
    )
    return made


_WORDS = ("theme_id", "name", "source", "source_ref", "source_text", "goal", "roadmap", "note", "search_key")


def _made(number: int, size: int, district: District, themes: list[int]) -> Made:
    moves, standing = course_of(number)
    begin = ended(number, moves) if standing is None else under_way(moves, standing)
    project = busy_project(number, size, 78) if number % 5 < 2 else None
    unit = carrying(district, project) if project else district.units[spread(number, 79, len(district.units))]
    name = f"{project_name(project)}推进" if project else f"{_NAMES[number % len(_NAMES)]}（{number}）"
    values: dict[str, Any] = {
        "theme_id": themes[spread(number, 80, len(themes))],
        "name": name,
        "source": _SOURCES[number % len(_SOURCES)],
        "source_ref": f"二七办〔{begin.year}〕{number % 90 + 1}号",
        "source_text": "",
        "roadmap": "按月调度，逐项销号",
        "note": "",
        "goal": f"{name}，年底前全部完成并销号，形成长效机制",
        "unit_id": unit,
        "project_id": project,
        "registered_on": begin,
        "cause": "",
        "cause_note": "",
        "closed_on": None,
        "due_on": begin + timedelta(days=_WHOLE),
        "baseline_due_on": begin + timedelta(days=_WHOLE),
        "_key": number,
        "_done": {},
        "_moved": None,
        "_worded": None,
    }
    moves = [_named(move) for move in moves]
    return play(MACHINE, district, Made(number, values), moves, begin, _effect, ("cause", "cause_note"))


def _named(move: Move) -> Move:
    """Return the move with the words of its service; of a step the place stands in `sets`."""
    if move.action != Do.STEP:
        return move
    place = int(move.text)
    return Move(move.action, move.party, move.wait, f"步骤“{_STEPS[place]}”完成", {"_step": place})


def _effect(values: dict[str, Any], move: Move, day: date) -> None:
    """Change the columns of an item as its services do."""
    match move.action:
        case Do.STEP:
            values["_done"][move.sets["_step"]] = day
        case Do.CAUSE:
            values["cause"], values["cause_note"] = _CAUSES[values["_key"] % len(_CAUSES)], "专项资金未到位"
        case Do.PROGRESS | Do.APPLY if not values["cause"] and _is_late(values, day):
            values["cause"] = _CAUSES[values["_key"] % len(_CAUSES)]
        case Do.MOVE:
            values["due_on"] += timedelta(days=45)
            values["_moved"] = day
        case Do.AMEND:
            values["_worded"], values["goal"] = (day, values["goal"]), f"{values['goal']}，并报送专题总结"
        case Do.CONFIRM:
            values["closed_on"] = day


def _is_late(values: dict[str, Any], day: date) -> bool:
    """Say whether a date of the item was missed: it needs its cause then."""
    dues = [(values["due_on"], None), *((values["registered_on"] + timedelta(days=_DUE[p]), values["_done"].get(p)) for p in range(4))]
    return any(due < min(done or day, day) for due, done in dues)


def _number(values: dict[str, Any], year: int, number: int) -> None:
    values["year"], values["number"] = year, f"DC-{year}-{number:03d}"
    values["search_key"] = _searched(values, values["goal"])


def _searched(values: dict[str, Any], goal: str) -> str:
    """Return what the item is found by, as supervision.services.item keeps it."""
    names = [values["name"], values["source_ref"]]
    forms = [form for name in names for form in (name, pinyin.full(name), pinyin.initials(name))]
    return search_key([values["number"], *forms, goal[:500]])


def _texts(made: Made) -> Iterator[list]:
    values, begin = made.values, made.values["registered_on"]
    now = [values[name] for name in _WORDS]
    if values["_worded"] is not None:
        day, goal = values["_worded"]
        before = {**values, "goal": goal, "search_key": _searched(values, goal)}
        yield [made.key, begin, day, *(before[name] for name in _WORDS)]
        begin = day
    yield [made.key, begin, None, *now]


def step_key(item: int, place: int) -> int:
    """Return the key of an item's step, counted from 0."""
    return (item - 1) * len(_STEPS) + place + 1


def _step_rows(made: Made) -> Iterator[tuple[int, str, date, date | None]]:
    for place, name in enumerate(_STEPS):
        yield place, name, made.values["registered_on"] + timedelta(days=_DUE[place]), made.values["_done"].get(place)


def _steps(made: Made) -> Iterator[tuple]:
    begin = made.values["registered_on"]
    for place, name, due_on, done in _step_rows(made):
        yield (step_key(made.key, place), made.key, place + 1, name, "明确责任、按周调度", begin, due_on, due_on, done)


def _step_dates(made: Made) -> Iterator[tuple]:
    begin = made.values["registered_on"]
    for place, name, due_on, done in _step_rows(made):
        said = (step_key(made.key, place), place + 1, name, "明确责任、按周调度", due_on)
        yield (*said, begin, done, None)
        if done is not None:
            yield (*said, done, None, done)


def _duties(made: Made, district: District) -> Iterator[tuple]:
    """Yield the grid: who leads, who carries it out and who does in it, who helps."""
    begin, unit = made.values["registered_on"], made.values["unit_id"]
    place = district.units.index(unit)
    yield (made.key, ResponsibilityKind.LEAD, district.units[-1 - spread(made.key, 81, len(district.units))], "", None, begin, begin)
    yield (made.key, ResponsibilityKind.UNDERTAKE, unit, "", None, begin, begin)
    yield (made.key, ResponsibilityKind.UNDERTAKE, unit, As.STAFF, district.staff[unit], begin, begin)
    if made.key % 2:
        yield (made.key, ResponsibilityKind.COOPERATE, district.units[(place + 1) % len(district.units)], "", None, begin, begin)


def _links(made: Made) -> Iterator[tuple]:
    if project := made.values["project_id"]:
        yield (made.key, project, milestone_key(project, 3) if made.key % 3 == 0 else None, made.values["registered_on"])


def _schedules(made: Made) -> Iterator[list]:
    """Yield the colours as they were known after each change, by the rules that were in force then (services.item_schedule)."""
    values, steps = made.values, list(_step_rows(made))
    begin = values["registered_on"]
    ended_on = next((act["on"] for act in made.acts if act["action"] in (Do.CONFIRM, Do.CANCEL)), None)
    changes = {begin, *values["_done"].values(), *filter(None, [values["_moved"], ended_on])}
    if begin < PLANNED < (ended_on or TODAY):
        changes.add(PLANNED)  # the rules reach what is worked on
    rows: list[list] = []
    for day in sorted(changes):
        found = _colours(values, steps, day, ended_on if ended_on is not None and ended_on <= day else None)
        if rows and rows[-1][3:] == found:
            continue
        if rows:
            rows[-1][2] = day
        rows.append([made.key, day, None, *found])
    yield from rows


def _colours(values: dict[str, Any], steps: list[tuple[int, str, date, date | None]], day: date, ended_on: date | None) -> list:
    """Return policy and days of the colours as they were known on a day; before there were rules, none."""
    rules = remembered(("bench-rules",), lambda: policies_from(PLANNED, PLANNED)[0])
    if day < PLANNED:
        return [None, None, None, None, None, ended_on]
    due_on = values["baseline_due_on"] if values["_moved"] is None or day < values["_moved"] else values["due_on"]
    dates = [(0, due_on, values["closed_on"]), *((step_key(values["_key"], place), due, done) for place, _, due, done in steps)]
    facts = [MilestoneFact(key, MilestoneKind.OTHER, "", due, done is not None and done <= day) for key, due, done in dates]
    found = thresholds(rules.policy, Facts(values["year"], tuple(facts)), workdays)
    return [rules.key, found.green_on, found.blue_on, found.yellow_on, found.red_on, ended_on]
