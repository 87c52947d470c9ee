"""The two ways to walk: tours that take every step of a family's table, and walks in which everything is drawn."""

import os
import re
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from supervision.tests.walk import Walk, pairs, walked
from supervision.tests.walk_cast import CAST, make_world
from supervision.tests.walk_family import HINDERED, LEGAL, NOT_THEIRS, SAME_PERSON, WRONG_STATE, Family

# So many random walks of each family: always the same ones, unless more are asked for.
_OTHERS = int(os.environ.get("WALKS", "0"))
_USUAL = 8
_STALE, _WORDLESS, _AGAIN, _DAYS, _PEOPLE, _ASIDE = "stale", "wordless", "again", "days", "people", "aside"
# What happens next, as often as it is listed.
_NEXT = [LEGAL] * 9 + [NOT_THEIRS, SAME_PERSON, _DAYS, _PEOPLE] * 2 + [WRONG_STATE, HINDERED, _STALE, _WORDLESS, _AGAIN, _ASIDE]


# tours


def tours(family_type: type[Family]) -> None:
    """Walk all tours of a family: before each step everybody who may not tries it. Every step of the table is taken by then, and everything
    that two people have to do was tried by one."""
    family, seen = family_type(make_world()), set()
    for path in family.tours:
        walked(family, lambda walk, path=path: _tour(walk, path), _jack_first, seen)
    actions = {code for code, _ in family.machine.actions}
    assert not (missing := actions - seen - family.never_here), f"no tour takes {missing}"
    assert not (missing := pairs(family.four_eyes) - seen), f"nobody has tried to do both of {missing}"


def still_there(family_type: type[Family]) -> None:
    """Every known fault of a family is met on its way; one that is not any more is to be taken out of `known_faults`."""
    family = family_type(make_world())
    for name, fault in family.known_faults.items():

        def go(walk: Walk, name: str = name, path: str = fault.path) -> None:
            walk.ignored = name
            _tour(walk, path)

        try:
            walked(family, go, _jack_first)
        except AssertionError as error:
            found = str(error)
        else:
            pytest.fail(f"mended: take “{name}” out of known_faults", pytrace=False)
        assert re.search(fault.wrong, found), found


def _jack_first(options: Sequence[Any]) -> Any:
    return "jack" if "jack" in options else options[0]


def _tour(walk: Walk, path: str) -> None:
    """Go along a path: "how/who: action action=wish/who action! action? +days -who -who=role ~who < *wish" (`!`: nobody may; `?`: it is
    not taken; `-`, `~`: somebody leaves, comes back; `<`: the last form again; `*`: the neighbouring record)."""
    how, _, rest = path.partition(":")
    how, _, who = how.strip().partition("/")
    walk.begin(how, who or None)
    walk.once_more()
    for part in rest.split():
        if part.startswith("+"):
            walk.pass_days(int(part))
        elif part.startswith("-"):
            walk.leave(*part[1:].split("="))
        elif part.startswith("~"):
            walk.come_back(part[1:])
        elif part == "<":
            walk.sent_long_ago(walk.forms[-1])
        elif part.startswith("*"):
            walk.wish = part[1:]
            walk.family.aside(walk)
        else:
            action, _, who = part.partition("/")
            action, _, walk.wish = action.partition("=")
            _tried_by_all(walk, action, who)


def _tried_by_all(walk: Walk, action: str, who: str) -> None:
    """Let everybody try who may not, then take the step; with a `!` after the action nobody may, with a `?` it is not taken."""
    family, wanted = walk.family, action.rstrip("!?")
    may = [one for one in CAST if family.judge(walk, one, wanted) == LEGAL]
    assert bool(may) != action.endswith("!"), f"{wanted} in {walk.state}: {may}"
    for one in CAST:
        if one not in may and (form := family.form(walk, wanted)) is not None:
            walk.refused(one, wanted, form, family.judge(walk, one, wanted))
    if action != wanted:
        return
    by, form = who or _jack_first(may), family.form(walk, wanted)
    assert by in may, f"{by}: {wanted} in {walk.state}, {may}"
    assert form is not None
    _refused_forms(walk, by, wanted, form)
    walk.take(by, wanted, form)
    walk.once_more()


def _refused_forms(walk: Walk, who: str, action: str, form: Any) -> None:
    """What somebody may do is refused on a page that is old, and without the words that it needs."""
    step = walk.family.machine.step(action, walk.state)
    # What is not the person's business does not outdate the page.
    machine = walk.family.machine
    quiet = machine.quiet if not machine.insiders & set(walk.family.parties(walk, who)) else frozenset()
    outdated = max(place for place, (done, *_) in enumerate(walk.acts) if done not in quiet) if quiet else form.version - 1
    walk.refused(who, action, form.anew(version=outdated), _STALE)
    if step is not None and (wordless := form.without_words(step)) is not None:
        walk.refused(who, action, wordless, _WORDLESS)


# random walks


def random_walks(family_type: type[Family]) -> None:
    """Walk at random."""
    family = family_type(make_world())

    @settings(
        max_examples=_OTHERS or _USUAL,
        deadline=None,
        derandomize=not _OTHERS,
        database=None,
        suppress_health_check=list(HealthCheck),
        # A walk is short and tells its way: minutes of looking for a shorter one would tell little more.
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )
    @given(data=st.data())
    def walk_once(data: st.DataObject) -> None:
        walked(family, _stroll, lambda options: data.draw(st.sampled_from(list(options))))

    walk_once()


def _stroll(walk: Walk) -> None:
    how = walk.choose(walk.family.beginnings)
    walk.begin(how)
    favourite = walk.choose(["jack", "jack", *CAST])
    after = 3
    for _ in range(walk.choose(range(12, 30))):
        _something(walk, walk.choose(_NEXT), favourite)
        after -= walk.is_over
        if walk.is_lost or not after:
            break
    for day in sorted(walk.days):
        walk.reads(day)


def _something(walk: Walk, kind: str, favourite: str) -> None:
    if kind == _DAYS:
        walk.pass_days(walk.choose(range(6)))
    elif kind == _PEOPLE:
        _people(walk)
    elif kind == _AGAIN and walk.forms:
        walk.sent_long_ago(walk.choose(walk.forms))
    elif kind == _ASIDE:
        walk.family.aside(walk)
    else:
        possible = walk.possible()
        if kind in possible and kind != LEGAL:
            action = walk.choose(sorted(possible[kind]))
            if (form := walk.family.form(walk, action)) is not None:
                walk.refused(walk.choose(possible[kind][action]), action, form, kind)
        elif LEGAL in possible:
            _legal(walk, kind, possible[LEGAL], favourite)


def _legal(walk: Walk, kind: str, possible: dict[str, list[str]], favourite: str) -> None:
    steps = {action: walk.family.machine.step(action, walk.state) for action in sorted(possible)}
    # What ends it is rare, and what leads on is more frequent than what leaves it where it is.
    weighed = [action for action, step in steps.items() if step for _ in range(1 if step.ends else 2 if step.stays else 4)]
    action = walk.choose(weighed)
    who = favourite if favourite in possible[action] else walk.choose(possible[action])
    form = walk.family.form(walk, action)
    assert form is not None, f"{action} has no form"
    if kind in (_STALE, _WORDLESS):
        _refused_forms(walk, who, action, form)
    else:
        walk.take(who, action, form)
        if walk.choose([True, False]):
            walk.once_more()


def _people(walk: Walk) -> None:
    stopped = sorted(set(CAST) - walk.world.active)
    if stopped and walk.choose([True, False, False]):
        walk.come_back(walk.choose(stopped))
    elif leaving := walk.world.may_leave(walk.family.kept):
        walk.leave(*walk.choose(leaving))
