"""Tables made in one step (erqi.common.migrating)."""

import pytest
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from erqi.common.migrating import CreateTogether


def _operations() -> list[migrations.operations.base.Operation]:
    return [
        migrations.CreateModel("Child", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("Parent", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=5))]),
        migrations.AddField("child", "parent", models.ForeignKey("common.Parent", models.PROTECT)),
        migrations.AddIndex("child", models.Index(fields=["parent"], name="together_index")),
        migrations.AddConstraint("parent", models.UniqueConstraint(fields=["name"], name="together_unique")),
    ]


def test_state_is_that_of_the_operations_one_by_one():
    together, single = ProjectState(), ProjectState()
    CreateTogether(_operations()).state_forwards("common", together)
    for operation in _operations():
        operation.state_forwards("common", single)
    assert together == single


def test_part_of_a_model_from_elsewhere_is_refused():
    with pytest.raises(ValueError, match="not created here"):
        CreateTogether([migrations.AddField("project", "extra", models.IntegerField(null=True))])


@pytest.mark.parametrize("app", ["common", "projects", "supervision"])
def test_an_empty_database_takes_the_short_way_and_an_older_one_may_go_on(app):
    loader = MigrationLoader(None)
    replacing = [migration for (label, _), migration in loader.disk_migrations.items() if label == app and migration.replaces]
    (squashed,) = replacing
    assert set(squashed.replaces) <= set(loader.disk_migrations)
