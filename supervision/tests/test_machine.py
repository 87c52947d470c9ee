"""The tables of the state machines: what they answer, what is found wrong with a bad one, and the document drawn from them."""

import pytest

from erqi.management.commands.states import FILE
from supervision.choices import Party
from supervision.rules.machine import Machine, Step
from supervision.rules.machines import MACHINES
from supervision.sentences import acting
from supervision.sentences.states import document

OFFICE, UNIT = frozenset({Party.OFFICE}), frozenset({Party.HANDLER})
STATES = (("open", "待办"), ("done", "已办"), ("closed", "办结"))
ACTIONS = (("begin", "登记"), ("do", "办理"), ("close", "办结"), ("back", "退回"), ("note", "备注"))
STEPS = (
    Step("begin", frozenset({None}), "open", OFFICE),
    Step("do", frozenset({"open"}), "done", UNIT, needs=frozenset({"text"})),
    Step("back", frozenset({"done"}), "open", OFFICE),
    Step("close", frozenset({"done"}), "closed", OFFICE, other_than=frozenset({"do"}), ends=True),
    Step("note", frozenset({"open", "done"}), None, OFFICE | UNIT),
)


def machine(steps: tuple[Step, ...] = STEPS, **more: object) -> Machine:
    values = {"name": "thing", "label": "事项", "states": STATES, "actions": ACTIONS, "finals": frozenset({"closed"})} | more
    return Machine(steps=steps, rounds=frozenset({"back"}), **values)


def test_a_table_answers_which_step_an_action_is():
    one = machine()
    assert one.step("do", "open").target == "done"
    assert one.step("do", "done") is None
    assert [step.action for step in one.allowed("open", {Party.HANDLER})] == ["do", "note"]
    assert one.turn("open") == UNIT, "a note moves nothing"
    assert one.problems() == []
    assert one.is_final("closed")
    assert not one.is_final("open")


def test_four_eyes_look_back_to_the_beginning_of_the_round():
    acts = [("begin", 1), ("do", 2), ("back", 1), ("do", 3)]
    assert machine().this_round(acts) == [("back", 1), ("do", 3)]
    assert machine().this_round(acts[:2]) == acts[:2]


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        (STEPS[:3], "dead end: open"),
        (STEPS[:1] + STEPS[2:], "unreachable: done"),
        ((*STEPS, Step("do", frozenset({"open"}), "closed", UNIT)), "do in open: two steps of one name"),
        ((*STEPS, Step("note", frozenset({"gone"}), None, UNIT)), "note: unknown state gone"),
        ((*STEPS, Step("jump", frozenset({"open"}), "done", UNIT)), "unknown action jump"),
        ((*STEPS, Step("note", frozenset({"closed"}), None, frozenset())), "note: nobody may do it"),
        ((*STEPS, Step("do", frozenset({"closed"}), "open", UNIT, ends=True)), "do: ends in open, which is no final state"),
        ((*STEPS, Step("note", frozenset({None}), None, UNIT)), "note: begins a record without a state"),
        ((STEPS[0], Step("do", frozenset({"open"}), "done", frozenset({Party.AUTHOR})), *STEPS[2:]), "waits for one person alone: open"),
    ],
)
def test_a_bad_table_is_found_out(steps, found):
    assert found in machine(steps).problems()


def test_what_is_refused_says_whose_turn_it_is():
    assert acting.wrong_state(machine(), "close", "open") == "这份事项现在是“待办”，不能“办结”；下一步由承办单位办理。请刷新页面查看。"
    assert acting.wrong_state(machine(), "do", "closed") == "这份事项已“办结”，不能再“办理”。"


@pytest.mark.parametrize("one", MACHINES, ids=lambda one: one.name)
def test_every_machine_of_the_product_is_sound(one):
    assert one.problems() == []


def test_whose_turn_it_is_names_those_who_stand_in_only_where_nobody_else_could():
    by = frozenset({Party.AUTHOR, Party.STAND_IN})
    one = machine((STEPS[0], Step("do", frozenset({"open"}), "done", by), *STEPS[2:]))
    assert acting.wrong_state(one, "close", "open") == "这份事项现在是“待办”，不能“办结”；下一步由提出人办理。请刷新页面查看。"
    assert acting.whose(one, "do") == "“办理”由提出人办理，您的账号不能办理此项。"
    assert "提出人、代办人" in document([one])


def test_the_document_is_current():
    assert FILE.read_text(encoding="utf-8") == document(MACHINES), "run manage.py states"


def test_a_machine_is_drawn():
    drawn = document([machine()])
    assert "    open --> done: 办理" in drawn
    assert "| 办结 `close` | 已办 | 办结 | 重点项目办 |  | 办理 |" in drawn
    assert "    closed --> [*]" in drawn
