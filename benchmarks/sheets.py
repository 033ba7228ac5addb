"""Seconds to import 1,000 new questions from CSV in the admin: preview, then confirm."""

from __future__ import annotations

import json
import sys
import time

import django

QUESTIONS = 1000


def main() -> None:
    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.test import Client
    from django.urls import reverse

    from questions.models import Question, Subject

    staff = get_user_model().objects.create_superuser("bench-author", password="!")
    client = Client(headers={"host": "localhost"})
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    subject = Subject.objects.get()
    before = Question.objects.count()
    url = reverse("admin:questions_question_import")
    upload = {
        "subject": subject.pk,
        "resource": "0",
        "format": "0",
        "import_file": SimpleUploadedFile("questions.csv", _csv(QUESTIONS)),
    }
    started = time.perf_counter()
    preview = client.post(url, upload)
    previewed = time.perf_counter()
    form = preview.context_data["confirm_form"]
    data = {name: form.initial[name] for name in form.fields}
    client.post(reverse("admin:questions_question_process_import"), data)
    done = time.perf_counter()
    assert Question.objects.count() == before + QUESTIONS, preview.content[:2000]
    json.dump({"preview_s": previewed - started, "confirm_s": done - previewed}, sys.stdout)


def _csv(count: int) -> bytes:
    """The shipped bank's sheet, repeated under new codes and with changed stems."""
    from questions.interchange import gate, sheet
    from questions.models import Question

    exported = sheet.export(Question.objects.all())
    rows = []
    for i in range(count):
        cells = dict(zip(exported.header, exported.rows[i % len(exported.rows)].cells, strict=True))
        cells["code"] = f"made-{i}"
        cells["stem_en"] = f"Case {i}. {cells['stem_en']}"
        cells["stem_ko"] = f"사례 {i}. {cells['stem_ko']}"
        rows.append(gate.Row(i + 2, list(cells.values())))
    return gate.write_csv(gate.Sheet(exported.header, rows))


if __name__ == "__main__":
    main()
