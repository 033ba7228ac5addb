"""Published means frozen: triggers refuse to change a published revision or its parts."""

from django.db import migrations

from questions.guards import Guard, install, remove

_PUBLISHED = (
    "EXISTS (SELECT 1 FROM questions_questionrevision r"
    " WHERE r.id = ROW.revision_id AND r.published_at IS NOT NULL)"
)
_MESSAGE = "a published revision is frozen"

GUARDS = (
    Guard(
        "frozen_revision",
        "questions_questionrevision",
        ("UPDATE", "DELETE"),
        "OLD.published_at IS NOT NULL",
        _MESSAGE,
    ),
    *(
        Guard(
            f"frozen_{part}",
            f"questions_{part}",
            ("INSERT", "UPDATE", "DELETE"),
            _PUBLISHED,
            _MESSAGE,
        )
        for part in ("choice", "revisionfact", "reference")
    ),
)


def forwards(apps, schema_editor):
    install(schema_editor.connection, GUARDS)


def backwards(apps, schema_editor):
    remove(schema_editor.connection, GUARDS)


class Migration(migrations.Migration):
    dependencies = [("questions", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
