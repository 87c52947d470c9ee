"""State machines as tables: who may do what in which state, where it leads, what must be given, and who may not be the same person.

Each family has ONE table, `MACHINE` in supervision/rules/<family>.py; services carry it out (supervision.services.acting), pages ask it
which buttons to show, docs/states.md is drawn from it, and `problems` finds its dead ends.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from supervision.choices import Party

# What only one person is. An account can be stopped: a state that nobody else leads out of would be a dead end. (A unit may have no
# account either; who stands in for it acts as the unit: supervision.services.parties.)
_ONE_PERSON = frozenset({Party.AUTHOR})


@dataclass(frozen=True)
class Step:
    """One action from some states.

    `sources` are the states in which it can be done; None stands for “no record yet”, and begins one. `target` is the state that it
    leads to (None: the state stays, as with an urging or a note). `by`: as what one may do it. `needs`: names of what must be given
    (columns such as `due_on`, `text` for words, other names such as `evidence_after` for uploads). `other_than`: who did one of these
    actions in the present round may not do this one (four eyes). `ends`: the record is finished by it.
    """

    action: str
    sources: frozenset[str | None]
    target: str | None
    by: frozenset[Party]
    needs: frozenset[str] = frozenset()
    other_than: frozenset[str] = frozenset()
    ends: bool = False

    @property
    def begins(self) -> bool:
        """Whether it makes a new record."""
        return None in self.sources

    @property
    def stays(self) -> bool:
        """Whether the state stays as it is."""
        return self.target is None


@dataclass(frozen=True)
class Machine:
    """All steps of one family of records. `states` and `actions` are pairs of code and label (TextChoices.choices).

    `rounds`: the actions that begin a new round of the record (a return, another assignment): four eyes look no further back.
    `by_itself`: the actions that the platform takes too, in the day's run or as what follows from another record or step.
    `quiet`: the actions that are nobody's business but that of those who take such (`insiders`): they do not outdate what others have
    open. `counter`: the measure word that the record is spoken of with.
    """

    name: str
    label: str
    states: tuple[tuple[str, str], ...]
    actions: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    finals: frozenset[str]
    rounds: frozenset[str] = frozenset()
    by_itself: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    counter: str = "份"
    _table: dict[tuple[str, str | None], Step] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for step in self.steps:
            for source in step.sources:
                self._table.setdefault((step.action, source), step)

    def step(self, action: str, state: str | None) -> Step | None:
        """Return the step that the action is in the state (None: no record yet), None where it is none."""
        return self._table.get((action, state))

    def allowed(self, state: str | None, parties: Collection[Party]) -> list[Step]:
        """Return the steps that the parties may take in the state, in the order of the table."""
        return [step for step in self.steps if state in step.sources and step.by & frozenset(parties)]

    def turn(self, state: str | None) -> frozenset[Party]:
        """Return whose turn it is: the parties that can move the record out of the state."""
        moving = [step for step in self.steps if state in step.sources and step.target not in (None, state)]
        return frozenset().union(*(step.by for step in moving))

    @property
    def insiders(self) -> frozenset[Party]:
        """Who takes quiet steps, and knows of them."""
        return frozenset().union(*(step.by for step in self.steps if step.action in self.quiet))

    def is_final(self, state: str | None) -> bool:
        """Say whether a record in the state is finished."""
        return state in self.finals

    def state_label(self, state: str | None) -> str:
        """Return the state's name; an empty text for no record."""
        return dict(self.states).get(state, state) if state else ""

    def action_label(self, action: str) -> str:
        """Return the action's name."""
        return dict(self.actions).get(action, action)

    def this_round(self, actions: Iterable[tuple[str, int | None]]) -> list[tuple[str, int | None]]:
        """Return of all acts (action, who), the earliest first, those since the present round began, with the one that began it."""
        found: list[tuple[str, int | None]] = []
        for action, who in actions:
            if action in self.rounds:
                found = []
            found.append((action, who))
        return found

    def problems(self) -> list[str]:
        """Return what is wrong with the table: unknown names, steps that hide each other, unreachable states, dead ends, states that wait
        for one person alone. Tested empty."""
        states, actions = {code for code, _ in self.states}, {code for code, _ in self.actions}
        return [
            *self._unknown(states, actions),
            *self._hidden(),
            *(f"unreachable: {state}" for state in sorted(states - self._reached([None], forward=True))),
            *(f"dead end: {state}" for state in sorted(states - self._reached(self.finals, forward=False))),
            *(f"waits for one person alone: {state}" for state in sorted(states - self.finals) if self.turn(state) <= _ONE_PERSON),
            *(f"no step does: {action}" for action in sorted(actions - {step.action for step in self.steps})),
        ]

    def _unknown(self, states: set[str], actions: set[str]) -> Iterable[str]:
        for step in self.steps:
            named = {state for state in step.sources if state is not None} | ({step.target} if step.target is not None else set())
            yield from (f"{step.action}: unknown state {state}" for state in sorted(named - states))
            acts = {step.action} | step.other_than | self.rounds | self.by_itself | self.quiet
            yield from (f"unknown action {name}" for name in sorted(acts - actions))
            if not step.by:
                yield f"{step.action}: nobody may do it"
            if step.begins and step.stays:
                yield f"{step.action}: begins a record without a state"
            if step.ends and step.target not in self.finals:
                yield f"{step.action}: ends in {step.target}, which is no final state"
        yield from (f"unknown final state {state}" for state in sorted(self.finals - states))

    def _hidden(self) -> Iterable[str]:
        for step in self.steps:
            yield from (
                f"{step.action} in {source}: two steps of one name" for source in step.sources if self.step(step.action, source) is not step
            )

    def _reached(self, start: Iterable[str | None], *, forward: bool) -> set[str]:
        """Return the states that are reached from the start, or from which it is reached."""
        found = set(start)
        while True:
            new: set[str | None] = set()
            for step in self.steps:
                if step.target is None:
                    continue
                if forward and step.sources & found:
                    new.add(step.target)
                elif not forward and step.target in found:
                    new |= step.sources
            if new <= found:
                return {state for state in found if state is not None}
            found |= new
