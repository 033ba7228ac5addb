"""Attempts cannot be rewritten: append-only logs, fixed items, no way back from closed."""

from django.db import migrations

from questions.guards import Guard, install, remove

_KEPT = "NOT EXISTS (SELECT 1 FROM exams_erasure e WHERE e.attempt_id = OLD.attempt_id)"

GUARDS = (
    Guard(
        "response_in_time",
        "exams_response",
        ("INSERT",),
        "EXISTS (SELECT 1 FROM exams_attempt a"
        " WHERE a.id = NEW.attempt_id AND a.state <> 'in_progress')",
        "the attempt is closed: it takes no more responses",
    ),
    *(
        Guard(
            f"{table}_appended",
            f"exams_{table}",
            ("UPDATE", "DELETE"),
            _KEPT,
            f"exams_{table} is append-only",
        )
        for table in ("response", "result", "attemptevent")
    ),
    Guard(
        "attempt_closed",
        "exams_attempt",
        ("UPDATE",),
        "OLD.state <> 'in_progress' AND NEW.state = 'in_progress'",
        "a closed attempt is not opened again",
    ),
    Guard(
        "attempt_kept",
        "exams_attempt",
        ("DELETE",),
        "NOT EXISTS (SELECT 1 FROM exams_erasure e WHERE e.attempt_id = OLD.id)",
        "an attempt is kept",
    ),
    Guard(
        "attemptitem_fixed",
        "exams_attemptitem",
        ("UPDATE",),
        "NEW.attempt_id <> OLD.attempt_id OR NEW.revision_id <> OLD.revision_id"
        " OR NEW.position <> OLD.position OR NEW.unscored <> OLD.unscored"
        " OR CAST(NEW.choice_order AS text) <> CAST(OLD.choice_order AS text)",
        "the form of an attempt is fixed at its start",
    ),
    Guard("attemptitem_kept", "exams_attemptitem", ("DELETE",), _KEPT, "an attempt is kept"),
)


def forwards(apps, schema_editor):
    install(schema_editor.connection, GUARDS)


def backwards(apps, schema_editor):
    remove(schema_editor.connection, GUARDS)


class Migration(migrations.Migration):
    dependencies = [("exams", "0001_initial")]
    operations = [migrations.RunPython(forwards, backwards)]
