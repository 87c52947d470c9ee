"""What the pages of those who report a project share: which permissions let them in, and why somebody may not write this project."""

from erqi.common.errors import NotAllowed
from erqi.common.models import User
from projects.models import Project
from projects.services.grid import require_writer

# Who reports a project, and the office that may do it for everybody; the grid decides about the single project.
WRITERS = ("report.write", "report.manage")


def writer_refusal(user: User, project: Project) -> str:
    """Return the sentence that says why the account may not write the project; empty when it may."""
    try:
        require_writer(user, project)
    except NotAllowed as error:
        return str(error)
    return ""
