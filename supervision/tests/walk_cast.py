"""Whom the walks are walked with: who is who is written down here, and not asked of the product.

An oracle that asked `services.parties` who may do something would find every mistake of it right. So the roles, the units and what they
make somebody are said once more, in the words of the README's table of roles.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from erqi.common.accounts import set_active, withdraw_role
from erqi.common.models import User
from projects.models import Unit
from projects.tests.builders import make_person, make_unit, make_user
from supervision.choices import Party


@dataclass(frozen=True)
class Member:
    """Somebody of the cast: the roles of the account, and the unit in which the person has a post (by its name in `UNITS`)."""

    roles: tuple[str, ...]
    unit: str = ""


# Two of each office, so that one may leave; the unit has a reporter and a reviewer, the lead unit a reviewer alone.
CAST = {
    "reporter": Member(("reporter",), "unit"),
    "reviewer": Member(("reviewer",), "unit"),
    "lead_reviewer": Member(("reviewer",), "lead"),
    "outsider": Member(("reporter",), "other"),
    "viewer": Member(("viewer",)),
    "inspector": Member(("inspector",)),
    "second_inspector": Member(("inspector",)),
    "supervision": Member(("supervision",)),
    "second_supervision": Member(("supervision",)),
    "leader": Member(("leader",)),
    "second_leader": Member(("leader",)),
    "office": Member(("office",)),
    "second_office": Member(("office",)),
    # Jack of all trades: whoever could do everything is stopped by nothing but four eyes.
    "jack": Member(("reporter", "reviewer", "inspector", "supervision", "leader", "office"), "unit"),
}
# `empty` has no account: somebody stands in for it.
UNITS = ("unit", "lead", "other", "empty")

# As what a role lets somebody act, whatever the record; the supervision office inspects as well.
BY_ROLE = {
    "inspector": {Party.INSPECTOR},
    "supervision": {Party.SUPERVISION, Party.INSPECTOR},
    "leader": {Party.LEADER},
    "office": {Party.OFFICE},
}
# The offices are never empty: a district without them is no fault of the product. Jack does not count, he has done everything already.
OFFICES = ("inspector", "supervision", "leader", "office")


@dataclass
class World:
    """The cast as it stands in a walk: accounts are stopped and come back, roles are taken away."""

    users: dict[str, User]
    units: dict[str, Unit]
    system_admin: User
    security_admin: User
    active: set[str] = field(default_factory=lambda: set(CAST))
    roles: dict[str, set[str]] = field(default_factory=lambda: {who: set(one.roles) for who, one in CAST.items()})

    def fresh(self) -> "World":
        """Return the world as it was at first, for another walk."""
        return World(self.users, self.units, self.system_admin, self.security_admin)

    def user(self, who: str) -> User:
        """Return the account as a request reads it."""
        return User.objects.get(pk=self.users[who].pk)

    def name_of(self, key: int | None) -> str | None:
        """Return who of the cast has the account (key)."""
        return next((who for who, user in self.users.items() if user.pk == key), None)

    def unit_name(self, key: int | None) -> str | None:
        """Return which unit has the key."""
        return next((name for name, unit in self.units.items() if unit.pk == key), None)

    def holds(self, who: str, role: str) -> bool:
        """Whether somebody has the role in an account that is in use."""
        return who in self.active and role in self.roles[who]

    def staff(self, units: Collection[str | None], roles: Collection[str]) -> list[str]:
        """Return who acts for one of the units with one of the roles."""
        return [who for who, one in CAST.items() if one.unit in units and any(self.holds(who, role) for role in roles)]

    def parties(
        self,
        who: str,
        *,
        handlers: Collection[str | None] = (),
        reviewing: Collection[str | None] = (),
        author: str | None = None,
        stand_in: str = "",
        absent: Collection[str] = ("reporter",),
    ) -> set[Party]:
        """Return as what somebody acts on a record that is addressed to the units `handlers`, in which the reviewers of `reviewing` have a
        say, and that `author` began. Whoever has the role `stand_in` handles what none of the units has an account for that has one of
        the roles `absent`."""
        if who not in self.active:
            return set()
        found: set[Party] = set().union(*(BY_ROLE.get(role, set()) for role in self.roles[who]))
        units = {unit for unit in handlers if unit is not None}
        if who == author:
            found.add(Party.AUTHOR)
        if who in self.staff(units, ["reporter"]):
            found.add(Party.HANDLER)
        if who in self.staff(reviewing, ["reviewer"]):
            found.add(Party.REVIEWER)
        if stand_in and units and self.holds(who, stand_in) and not self.staff(units, absent):
            found.add(Party.HANDLER)
        return found

    # who leaves

    def may_leave(self, kept: Collection[str] = OFFICES) -> list[tuple[str, str]]:
        """Return who may go, (who, role) for a role that is taken away and (who, "") for an account that is stopped, so that each office
        of `kept` still has somebody who is nothing else."""
        found = []
        for who in self.active:
            for role in ["", *sorted(self.roles[who])]:
                lost = self.roles[who] if not role else {role}
                if all(self._others(who, one) for one in lost & set(kept)):
                    found.append((who, role))
        return sorted(found, key=lambda one: (list(CAST).index(one[0]), one[1]))

    def _others(self, who: str, role: str) -> bool:
        return any(self.holds(one, role) for one in CAST if one not in (who, "jack"))

    def leave(self, who: str, role: str = "") -> None:
        """Stop an account, or take a role away, as the administrators do."""
        if role:
            withdraw_role(user=self.users[who], role=role, by=self.security_admin)
            self.roles[who].discard(role)
        else:
            set_active(user=self.users[who], active=False, by=self.system_admin)
            self.active.discard(who)

    def come_back(self, who: str) -> None:
        """Open a stopped account again."""
        set_active(user=self.users[who], active=True, by=self.system_admin)
        self.active.add(who)


def make_world() -> World:
    """Build the cast and its units."""
    units = {name: make_unit(f"走查{name}局") for name in UNITS}
    users = {}
    for who, one in CAST.items():
        users[who] = make_user(*one.roles, username=f"walk-{who}", name=f"走查{who}")
        posts = [{"unit": units[one.unit], "title": "工作人员"}] if one.unit else []
        if posts or "inspector" in one.roles:
            make_person(f"走查{who}", posts=posts, account=users[who])
    return World(users, units, make_user("system_admin"), make_user("security_admin"))
