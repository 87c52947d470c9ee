"""Walks: somebody tries something with a record, and after every try it is checked that what was promised holds.

    legality      the table's step, who may by the cast (walk_cast), four eyes over the acts of the present round: told by the walk's own
                  notes; what is allowed is done, by exactly one act; anything else is refused in a sentence
    nothing left  what is refused writes nothing to any table
    once          the same form again, and a second click, write nothing and answer the same; nobody is told twice; the day's run adds
                  nothing the second time
    history       the acts chain up to where the record stands, the events agree, every past day reads as it was
    no dead end   somebody whose account is in use can carry an unfinished record on, whoever has left

A family of records is described by a subclass of `Family` (walk_family), one test file each. `tours` take every step of its table once,
and everybody else tries it before; `random_walks` draw what happens, also days that pass and people who leave. WALKS=200 in the
environment walks so many other ways than the eight that are always the same.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from erqi.common import clock, workdays
from erqi.common.errors import ServiceError
from projects.models import Reminder
from projects.services.daily import write_reminders
from supervision.tests.walk_cast import CAST
from supervision.tests.walk_family import HINDERED, LEGAL, NOT_THEIRS, SAME_PERSON, Family, Form
from supervision.tests.walk_tables import Tables, acts_in, differing, halves, read_tables


def _is_sentence(error: ServiceError) -> None:
    """Whoever is refused reads a sentence."""
    assert str(error).endswith("。"), f"no sentence: {error}"


class Walk:
    """A record on its way, with the walk's own notes of it. `draw` picks one of several possibilities."""

    def __init__(self, family: Family, draw: Callable[[Sequence[Any]], Any], seen: set[Any] | None = None) -> None:
        self.family, self.draw = family, draw
        # What is picked where it can be, and which known fault is not looked away from (for tours).
        self.wish, self.ignored = "", ""
        self.world = family.world = family.world.fresh()
        self.day = family.first_day
        self.key: int | None = None
        self.state: str | None = None
        self.unit: str | None = None
        self.author: str | None = None
        # (action, who, from, to)
        self.acts: list[tuple[str, str | None, str, str]] = []
        self.notes: dict[str, Any] = {}
        self.days: dict[date, tuple[Any, ...]] = {}
        self.forms: list[tuple[str, Form, Any]] = []
        # What was done, and what is being tried now in vain.
        self.story: list[str] = []
        self.trying = ""
        self.is_lost = False
        # Actions that were done, and (action, other) that four eyes refused: what a tour has covered.
        self.seen = set() if seen is None else seen
        self.told = Reminder.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.tables = read_tables()
        self.number = 0

    # notes

    @property
    def record(self) -> Any:
        return self.family.model.objects.get(pk=self.key)

    def read(self) -> Any:
        """Return the record as a page reads it (for forms)."""
        return self.record

    def words(self) -> str:
        """Return words that nobody has said yet."""
        self.number += 1
        return f"情况{self.number}"

    def choose(self, options: Sequence[Any]) -> Any:
        """Return one of the possibilities."""
        return self.wish if self.wish in options else self.draw(options)

    def looks_away(self, fault: str) -> bool:
        """Whether a fault of the product is known, and passed over."""
        return fault in self.family.known_faults and fault != self.ignored

    def form(self, service: Callable[..., Any], name: str, **values: Any) -> Form:
        """Return a form about the record, which the service takes by the name."""
        return Form(service, {name: self.read, **values}, self.record.version)

    def round(self) -> list[tuple[str, str | None]]:
        """Return (action, who) of the acts of the present round, with the one that began it."""
        found: list[tuple[str, str | None]] = []
        for action, who, *_ in self.acts:
            found = [*([] if action in self.family.rounds else found), (action, who)]
        return found

    def did(self, who: str) -> set[str]:
        """Return what somebody did in the present round."""
        return {action for action, by in self.round() if by == who}

    def possible(self) -> dict[str, dict[str, list[str]]]:
        """Return, by what is said of it (`Family.judge`), who there is for each action."""
        found: dict[str, dict[str, list[str]]] = {}
        later = {step.action for step in self.family.machine.steps if step.sources - {None}}
        for action, _ in self.family.machine.actions:
            if action in later - self.family.system:
                for who in CAST:
                    found.setdefault(self.family.judge(self, who, action), {}).setdefault(action, []).append(who)
        return found

    @property
    def is_over(self) -> bool:
        return self.is_lost or self.family.machine.is_final(self.state)

    # trying

    def begin(self, how: str, who: str | None = None) -> None:
        """Begin the record: whoever may not is refused first."""
        action, form = self.family.begin(self, how)
        allowed = self.family.may_begin(self, how)
        for one in CAST if None not in allowed else ():
            if one not in allowed:
                self.refused(one, action, form.anew(), NOT_THEIRS)
        by = who or self.choose(allowed)
        if by is not None and self.family.needed in form.values:
            self.refused(by, action, form.anew(values={**form.values, self.family.needed: ""}), "wordless")
        before = self.tables
        answer = self.sent(by, action, form)
        self.author = by
        self.key = self.family.begun(self, how, answer).pk
        self.done(by, action, form, before, answer)

    def sent(self, who: str | None, action: str, form: Form) -> Any:
        """Send what is allowed."""
        self.story.append(f"{self.day} {who}: {action}")
        self.trying = ""
        with clock.at(self.day):
            try:
                return form.send(self.world.user(who) if who else None)
            except ServiceError as error:
                raise AssertionError(f"{who} may {action} in {self.state}, and is refused: {error}") from error

    def refused(self, who: str, action: str, form: Form, why: str) -> None:
        """Send what is not allowed: it is refused in a sentence, or is the second click of who has just done it; nothing is written."""
        self.trying = f"{self.day} {who}: {action} ({why})"
        with clock.at(self.day):
            try:
                form.send(self.world.user(who))
            except ServiceError as error:
                _is_sentence(error)
            else:
                moved = [act for act in self.acts if act[2] != act[3]]
                assert self.family.machine.step(action, self.state) is None, f"{who} may not {action} in {self.state}: {why}"
                assert moved, f"{who} may not {action}: {why}"
                assert moved[-1][:2] == (action, who), f"{who} may not {action} in {self.state}: {why}"
        self.unchanged(f"{who}: {action} ({why})")
        if why == SAME_PERSON:
            self.seen |= {
                (action, other) for other in self.family.four_eyes[action] if self.did(who) & self.family.four_eyes[action] == {other}
            }

    def unchanged(self, what: str) -> None:
        """Nothing was written anywhere."""
        now = read_tables()
        assert now == self.tables, f"{what} has written to {differing(self.tables, now)}"

    def take(self, who: str, action: str, form: Form) -> None:
        """Take a step that is allowed."""
        before = self.tables
        answer = self.sent(who, action, form)
        self.done(who, action, form, before, answer)

    def beside(self, who: str | None, what: str, form: Form) -> Any:
        """Let somebody do something to a neighbouring record, and return the answer: this one stays as it is."""
        before = self.tables
        answer = self.sent(who, what, form)
        self.tables = read_tables()
        self.told_once(acts_in(self.tables) - acts_in(before))
        assert self.record.acts.count() == len(self.acts), f"{what} has done something"
        self.way_on()
        return answer

    def done(self, who: str | None, action: str, form: Form | None, before: Tables, answer: Any = None) -> None:
        """Check that exactly this was done."""
        machine, was, unit_before = self.family.machine, self.state or "", self.unit
        step = machine.step(action, self.state)
        assert step is not None, f"{action} in {self.state}"
        self.state = step.target or was
        self.acts += [(ended, who, was, was) for ended in self.family.ended_with(self, action)]
        self.acts.append((action, who, was, self.state))
        self.seen.add(action)
        self.family.took(self, who, action, form)
        record, acts = self.record, list(self.record.acts.order_by("pk"))
        assert len(acts) == len(self.acts), [act.action for act in acts]
        last, by = acts[-1], self.world.users[who].pk if who else None
        assert (last.action, last.from_state, last.to_state, last.by_id, last.on) == (action, was, self.state, by, self.day)
        assert (record.state, record.version) == (self.state, len(acts))
        assert last.due_on == getattr(record, "due_on", None)
        if self.family.has_unit:
            assert self.world.unit_name(record.unit_id) == self.unit
            assert self.world.unit_name(last.unit_id) == (self.unit or unit_before)
        self.tables = read_tables()
        self.told_once(acts_in(self.tables) - acts_in(before))
        self.history(record, acts)
        self.family.check(self, record)
        self.way_on()
        if form is not None:
            self.forms.append((who or "", form, answer))

    # once

    def told_once(self, new_acts: int) -> None:
        """Each act tells nobody more than once, and nothing twice. (What one person does may be several acts, of several records.)"""
        lines = list(Reminder.objects.filter(pk__gt=self.told).order_by("pk").values_list("pk", "user", "title", "url"))
        self.told = lines[-1][0] if lines else self.told
        told = [(user, title, url) for _, user, title, url in lines]
        assert len(told) == len(set(told)), f"told twice: {told}"
        for user in {user for user, *_ in told}:
            of_one = [title for by, title, _ in told if by == user]
            assert len(of_one) <= new_acts, f"{self.world.name_of(user)} is told {of_one} of {new_acts} acts"

    def once_more(self) -> None:
        """The last form is sent again, and its button is clicked again: nothing is written, and the answer is the same."""
        who, form, answer = self.forms[-1]
        if not who:
            # The system sends no forms.
            return
        user = self.world.user(who)
        with clock.at(self.day):
            assert form.send(user).pk == answer.pk
            self.unchanged(f"the same form ({self.acts[-1][0]})")
            try:
                again = form.anew().send(user)
            except ServiceError as error:
                _is_sentence(error)
            else:
                assert again.pk == answer.pk
            self.unchanged(f"a second click ({self.acts[-1][0]})")
            # The page was opened anew, and says the same once more.
            action, _, was, state = self.acts[-1]
            words = str(form.values.get("text", form.values.get("reason", ""))).strip()
            if was == state and words and form.version is not None and self.family.machine.step(action, state) is not None:
                try:
                    form.anew(version=form.version + 1).send(user)
                except ServiceError as error:
                    _is_sentence(error)
                self.unchanged(f"the same words ({action})")

    def sent_long_ago(self, sent: tuple[str, Form, Any]) -> None:
        """A form of some time ago is sent once more, whatever has become of the record: nothing is written."""
        who, form, answer = sent
        if not who:
            return
        self.story.append(f"{self.day} {who}: sends an earlier form again")
        with clock.at(self.day):
            try:
                assert form.send(self.world.user(who)).pk == answer.pk
            except ServiceError as error:
                _is_sentence(error)
        self.unchanged("a form of some time ago")

    # history

    def history(self, record: Any, acts: Sequence[Any]) -> None:
        """The acts lead from one to the other up to where the record stands, and the history says the same."""
        assert [(act.action, self.world.name_of(act.by_id), act.from_state, act.to_state) for act in acts] == self.acts
        assert [act.from_state for act in acts] == ["", *(act.to_state for act in acts)][: len(acts)]
        events = list(record.events.order_by("pgh_id").values_list("state", "version"))
        assert events == [(act.to_state, place) for place, act in enumerate(acts, 1)]
        assert not halves(self.tables), f"acts without an event: {halves(self.tables)}"
        self.days[self.day] = (record.state, record.unit_id if self.family.has_unit else None, getattr(record, "due_on", None))
        self.reads(self.day)

    def reads(self, day: date) -> None:
        """A day reads as it was."""
        known = [self.days[one] for one in sorted(self.days) if one <= day]
        with clock.at(self.day):
            row = self.family.model.objects.on_day(day).filter(pk=self.key).first()
        if not known:
            assert row is None, f"known on {day} already"
            return
        found = (row.state_then, row.unit_then if self.family.has_unit else None, row.due_then)
        assert found == known[-1], f"{day} reads {found}, and was {known[-1]}"

    # no dead end

    def way_on(self) -> None:
        """Somebody whose account is in use can carry the record on."""
        if self.is_over or self.key is None:
            return
        steps = self.family.machine.steps
        moving = {step.action for step in steps if self.state in step.sources and step.target not in (None, self.state)}
        for action in self.family.onward.get(self.state or "", moving):
            for who in CAST:
                found = self.family.judge(self, who, action)
                if found == LEGAL or (found == HINDERED and not self.family.is_stuck(self, action)):
                    return
        known = [name for name, fault in self.family.known_faults.items() if self.looks_away(name) and fault.stands(self)]
        gone = sorted(set(CAST) - self.world.active)
        assert known, f"dead end: nobody carries it on in {self.state} (stopped: {gone})"
        self.seen.add(known[0])
        self.is_lost = True

    # days and people

    def pass_days(self, number: int) -> None:
        """Let days pass; the morning of a working day brings its reminders, once."""
        self.day += timedelta(days=number)
        self.story.append(f"{self.day}:")
        for day in {self.day, self.family.first_day - timedelta(days=1), self.choose(sorted(self.days)), self.day - timedelta(days=1)}:
            self.reads(day)
        if not workdays.is_workday(self.day):
            return
        brought, before = self.family.day_brings(self), self.tables
        with clock.at(self.day):
            write_reminders()
        self.tables = read_tables()
        # A line of the run is no act's: each is told once.
        self.told_once(10**6)
        for action in brought:
            self.done(None, action, None, before)
        assert self.record.acts.count() == len(self.acts), "the day's run has done something"
        with clock.at(self.day):
            assert write_reminders() == 0
        self.unchanged("the day's run, once more,")
        self.family.morning(self)
        self.way_on()

    def leave(self, who: str, role: str = "") -> None:
        """Somebody leaves, or loses a role."""
        self.story.append(f"{self.day} {who} leaves{f' the role {role}' if role else ''}")
        self.world.leave(who, role)
        self.way_on()

    def come_back(self, who: str) -> None:
        self.story.append(f"{self.day} {who} comes back")
        self.world.come_back(who)


def walked(family: Family, go: Callable[[Walk], None], draw: Callable[[Sequence[Any]], Any], seen: set[Any] | None = None) -> None:
    """Walk once, and take everything back; what is found wrong is told with the way that led there."""
    with transaction.atomic():
        walk = Walk(family, draw, seen)
        try:
            go(walk)
        except AssertionError as error:
            raise AssertionError("\n".join([f"{error}", "after:", *walk.story, walk.trying])) from error
        finally:
            if not transaction.get_connection().needs_rollback:
                transaction.set_rollback(True)


def pairs(four_eyes: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Return (action, other) of everything that two people have to do."""
    return {(action, other) for action, others in four_eyes.items() for other in others}
