"""Who may open an address, as a line of the permission matrix says it (erqi.tests.permissions)."""

from dataclasses import dataclass

from erqi.common.models import User

PUBLIC = "public"
ANYBODY = "anybody"
ADMIN_SITE = ("reference.edit", "mechanism.edit")
# Who acts for the unit that a notice is addressed to.
ANSWERING = ("report.write", "report.review", "report.manage")


@dataclass(frozen=True)
class Rule:
    """Who may open an address, and how to fill it."""

    permission: str | tuple[str, ...]
    sample: str = ""
    post: str | tuple[str, ...] | None = None
    query: str = ""
    # The address of a pattern without a name.
    path: str = ""

    def allows(self, user: User | None, method: str) -> bool:
        """Say whether the person may come in; `None` is somebody who is not signed in."""
        needed = self.post if method == "POST" and self.post is not None else self.permission
        if needed == PUBLIC:
            return True
        if user is None:
            return False
        if needed == ANYBODY:
            return True
        return any(user.can(code) for code in ([needed] if isinstance(needed, str) else needed))


VIEW = Rule("business.view")
LOOKS = ("inspect", "supervise", "inquiry.ask")


def admin_rules(label: str, permission: str, sample: str) -> dict[str, Rule]:
    """Return the lines of one record's admin pages."""
    return {
        f"admin:{label}_changelist": Rule(permission),
        f"admin:{label}_add": Rule(permission),
        f"admin:{label}_history": Rule(permission, sample),
        f"admin:{label}_delete": Rule(permission, sample),
        f"admin:{label}_change": Rule(permission, sample),
    }
