"""Makes an application's tables in one step.

Django draws its picture of all models anew after every operation of a migration: with some hundred tables and a few triggers
on each that took ten times as long as PostgreSQL itself needs. The first start of an installation and of every test run waits
for it, so a squashed migration puts its operations into one `CreateTogether`.
"""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# What belongs to a table that is made here comes with it, in the form that the last operation leaves it in.
_WITH_THE_TABLE = (AddConstraint, AddField, AddIndex)


class CreateTogether(Operation):
    """Carries out the operations of a first migration on the state that all of them lead to.

    Takes CreateModel, AddField, AddIndex, AddConstraint on models it creates itself, and operations that look at nothing but
    the state after them (triggers, SQL). Raises ValueError for a part of a model that it does not create.
    """

    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        created = {operation.name_lower for operation in operations if isinstance(operation, CreateModel)}
        for operation in operations:
            if isinstance(operation, _WITH_THE_TABLE) and operation.model_name.lower() not in created:
                raise ValueError(f"{operation.describe()}: the model is not created here")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """Return what a migration file says of this operation."""
        return (self.__class__.__qualname__, [self.operations], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Change the state by all operations; the drawn models are dropped first and drawn once, when they are asked for."""
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables with all that belongs to them, then what stands on them."""
        for operation in self.operations:
            if not isinstance(operation, _WITH_THE_TABLE):
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """Return the line that the migrate command's plan shows."""
        return f"Create {sum(isinstance(operation, CreateModel) for operation in self.operations)} tables in one step"
