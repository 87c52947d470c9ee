"""What a walk is told of a family of records: its forms, who may do what, what stands in the way (supervision.tests.walk walks)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID, uuid4

from supervision.choices import Party
from supervision.rules.machine import Machine, Step
from supervision.tests.walk_cast import OFFICES, World

if TYPE_CHECKING:
    from supervision.tests.walk import Walk

# A Monday with an ordinary week behind it.
DAY = date(2018, 6, 4)
# A known fault of several families: see `Fault`.
LEGAL, HINDERED, WRONG_STATE, NOT_THEIRS, SAME_PERSON = "legal", "hindered", "wrong state", "not theirs", "same person"


@dataclass(frozen=True)
class Form:
    """What a page sends: the service, what it is given, the version that the person saw, the form's key. Values that are functions are
    called when it is sent: records are read anew, and a file can be read once."""

    service: Callable[..., Any]
    values: dict[str, Any]
    version: int | None = None
    key: UUID = field(default_factory=uuid4)

    def send(self, by: Any) -> Any:
        """Send it as somebody."""
        values = {name: value() if callable(value) else value for name, value in self.values.items()}
        if self.version is not None:
            values["version"] = self.version
        return self.service(**values, by=by, request_key=self.key)

    def anew(self, **changed: Any) -> "Form":
        """Return another form with the same words, but for what is changed."""
        return replace(self, **{"key": uuid4()} | changed)

    def without_words(self, step: Step) -> "Form | None":
        """Return it without the words that the step needs; None where it needs none."""
        names = step.needs & {"text", "reason"} & set(self.values) or ({"reason"} & set(self.values) if "text" in step.needs else set())
        return self.anew(values=self.values | dict.fromkeys(names, " ")) if names else None


@dataclass(frozen=True)
class Fault:
    """A fault of the product that is known and not mended yet: the tour that leads to it, what is found wrong there, and (a dead end)
    whether a walk stands before it.

    A walk that meets a dead end stops there. `still_there` goes the way without looking away: once it leads on, the entry is taken out.
    """

    path: str
    stands: Callable[["Walk"], bool] = lambda walk: False
    wrong: str = "dead end"


class Family:
    """What a walk knows of one family of records. All that is said here is said by the documents, not asked of the product."""

    machine: ClassVar[Machine]
    model: ClassVar[Any]
    # By action, whose doers in the present round may not do it; which actions begin a round.
    four_eyes: ClassVar[dict[str, set[str]]] = {}
    rounds: ClassVar[set[str]] = set()
    # By state, what carries a record on; giving it up, or handing it round, does not.
    onward: ClassVar[dict[str, set[str]]] = {}
    # What nobody does by a page: it follows from the day, or from another record (`never_here`: in the walks of other families).
    system: ClassVar[set[str]] = set()
    never_here: ClassVar[set[str]] = set()
    known_faults: ClassVar[dict[str, Fault]] = {}
    # The words without which none begins.
    needed: ClassVar[str] = ""
    # How a record may begin, and paths through the table: "how: action action/who +days".
    beginnings: ClassVar[tuple[str, ...]] = ("",)
    tours: ClassVar[tuple[str, ...]] = ()
    # The offices in which somebody always stays.
    kept: ClassVar[Sequence[str]] = OFFICES
    has_unit = True
    first_day = DAY

    def __init__(self, world: World) -> None:
        self.world = world

    def begin(self, walk: "Walk", how: str) -> tuple[str, Form]:
        """Return the action that begins a record in one of the ways of `beginnings`, and its form."""
        raise NotImplementedError

    def may_begin(self, walk: "Walk", how: str) -> list[str | None]:
        """Return who may begin it so; None is the system itself."""
        raise NotImplementedError

    def begun(self, walk: "Walk", how: str, answer: Any) -> Any:
        """Return the record that the form began, and note what is known of it (`walk.unit`)."""
        return answer

    def parties(self, walk: "Walk", who: str) -> set[Party]:
        """Return as what somebody acts on the record."""
        return self.world.parties(who)

    def form(self, walk: "Walk", action: str) -> Form | None:
        """Return the form of an action; None where no page offers any."""
        raise NotImplementedError

    def judge(self, walk: "Walk", who: str, action: str) -> str:
        """Say whether somebody may take an action now, or why not."""
        step = self.machine.step(action, walk.state)
        if step is None:
            return WRONG_STATE
        if not step.by & self.parties(walk, who):
            return NOT_THEIRS
        if self.four_eyes.get(action, set()) & walk.did(who):
            return SAME_PERSON
        return HINDERED if self.is_hindered(walk, who, action) else LEGAL

    def is_hindered(self, walk: "Walk", who: str, action: str) -> bool:
        """Say whether something else than the table stands in the way."""
        return False

    def is_stuck(self, walk: "Walk", action: str) -> bool:
        """Say whether what stands in the way of an action that carries the record on can be removed by nobody."""
        return False

    def took(self, walk: "Walk", who: str | None, action: str, form: Form | None) -> None:
        """Note what an action changed (`walk.unit`)."""

    def ended_with(self, walk: "Walk", action: str) -> list[str]:
        """Return the steps that an action takes first, to end what cannot go on with it."""
        return []

    def day_brings(self, walk: "Walk") -> list[str]:
        """Return which steps the day's run takes of the record by itself."""
        return []

    def morning(self, walk: "Walk") -> None:
        """Check what holds after the day's run."""

    def aside(self, walk: "Walk") -> None:
        """Do something to a neighbouring record, where the family has one."""

    def check(self, walk: "Walk", record: Any) -> None:
        """Check what else holds of the family's records."""
