"""Reviewing many monthly reports at once: each in a transaction of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from erqi.common.errors import ServiceError, StaleRecord
from erqi.common.models import User
from projects.models import ProgressReport
from projects.services.report import pass_report

CHANGED = "打开本页以后月报有改动，请重新查看"


@dataclass(frozen=True)
class Reviewed:
    """What became of one report: passed, or the sentence that refused it."""

    report: ProgressReport
    refusal: str = ""


def pass_many(*, reports: Iterable[tuple[int, int]], by: User) -> list[Reviewed]:
    """Pass the reports (key and the version that the person saw) and return what became of each, in their order.

    What is refused (a report changed meanwhile, one's own, a foreign unit's) keeps the others not. Keys of no report are left out.
    """
    versions = dict(reports)
    found = ProgressReport.objects.select_related("project").in_bulk(list(versions))
    done = []
    for key, version in versions.items():
        if key not in found:
            continue
        try:
            done.append(Reviewed(pass_report(report=found[key], version=version, by=by)))
        except StaleRecord:
            done.append(Reviewed(found[key], CHANGED))
        except ServiceError as error:
            done.append(Reviewed(found[key], str(error).rstrip("。")))
    return done
