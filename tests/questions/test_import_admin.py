"""The import and export screens: upload, preview, confirm; who may; what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from questions.interchange import gate, sheet
from questions.models import Question, Subject
from tests import factories
from tests.factories import record
from tests.questions.test_sheet import sheet_of

pytestmark = pytest.mark.database

IMPORT = "/admin/questions/question/import/"
CONFIRM = "/admin/questions/question/process_import/"
EXPORT = "/admin/questions/question/export/"


@pytest.fixture
def as_author(author: Any) -> Client:
    client = Client()
    client.force_login(author)
    client.cookies["django_language"] = "en"
    return client


def upload(client: Client, subject: Subject, data: bytes, name: str = "questions.csv") -> Any:
    file = SimpleUploadedFile(name, data)
    return client.post(
        IMPORT, {"subject": subject.pk, "import_file": file, "format": "0", "resource": "0"}
    )


def confirm(client: Client, preview: Any, **changes: str) -> Any:
    form = preview.context["confirm_form"]
    data = {name: form.initial[name] for name in form.fields} | changes
    return client.post(CONFIRM, data, follow=True)


@pytest.mark.parametrize("write", [gate.write_csv, gate.write_xlsx])
def test_a_sheet_is_previewed_and_confirmed(
    as_author: Client, subject: Subject, write: Callable[..., bytes]
) -> None:
    preview = upload(as_author, subject, write(sheet_of(record(1), record(2))))
    text = preview.content.decode()
    assert "2 new, 0 changed, 0 unchanged" in text
    assert "q-00002" in text
    assert not Question.objects.exists()
    response = confirm(as_author, preview)
    assert "2 new, 0 updated" in response.content.decode()
    assert Question.objects.count() == 2
    assert not Question.objects.published().exists()
    assert LogEntry.objects.filter(object_repr="q-00001").exists()


def test_one_bad_row_shows_row_and_column_and_offers_no_confirmation(
    as_author: Client, subject: Subject
) -> None:
    made = sheet_of(record(1), record(2, objective="9.9"), record(3, difficulty="tough"))
    response = upload(as_author, subject, gate.write_csv(made))
    text = response.content.decode()
    assert "<td>3</td><td>objective</td>" in text
    assert "<td>4</td><td>difficulty</td>" in text
    assert "confirm_form" not in response.context
    assert not Question.objects.exists()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("code,stem_ko\nq-1,데이터\n".encode("cp949"), "The file is not UTF-8"),
        (b'code,"stem_en\n', "no valid CSV"),
        (b"code,chapter,objective,colour\nq-1,a,b,c\n", "Unknown columns in the first row: colour"),
        (b"code,chapter,objective\n", "No valid data to import"),
        (b"PK\x03\x04", "damaged"),
    ],
)
def test_a_file_that_is_no_sheet_of_ours_gets_a_clear_message(
    as_author: Client, subject: Subject, data: bytes, message: str
) -> None:
    response = upload(as_author, subject, data)
    assert response.status_code == 200
    assert message in response.content.decode()


def test_a_preview_is_sealed(as_author: Client, subject: Subject) -> None:
    preview = upload(as_author, subject, gate.write_csv(sheet_of(record(1))))
    response = confirm(as_author, preview, import_file_name="/etc/passwd")
    assert response.status_code == 200
    assert not Question.objects.exists()


def test_a_preview_is_confirmed_once(as_author: Client, subject: Subject) -> None:
    preview = upload(as_author, subject, gate.write_csv(sheet_of(record(1))))
    confirm(as_author, preview)
    response = confirm(as_author, preview)
    assert "upload it again" in response.content.decode()


def test_a_bank_that_changed_since_the_preview_is_not_written(
    as_author: Client, subject: Subject
) -> None:
    preview = upload(as_author, subject, gate.write_csv(sheet_of(record(1), record(2))))
    factories.publish(factories.subject("other"), [record(2)])
    response = confirm(as_author, preview)
    assert "nothing was imported" in response.content.decode().lower()
    assert not Question.objects.filter(code="q-00001").exists()


def test_a_learner_and_a_reader_may_not_import(learner: Any, subject: Subject, db: None) -> None:
    client = Client()
    client.force_login(learner)
    assert client.get(IMPORT).status_code in {302, 403}
    reader: Any = factories.UserFactory(username="reader", is_staff=True)
    reader.user_permissions.add(Permission.objects.get(codename="view_question"))
    client.force_login(reader)
    assert client.get(IMPORT).status_code == 403
    assert client.post(CONFIRM, {}).status_code == 403
    assert client.get(EXPORT).status_code == 200


@pytest.mark.parametrize(("format_", "kind"), [("0", "text/csv"), ("1", "spreadsheetml")])
def test_an_export_is_an_attachment_that_imports_unchanged(
    as_author: Client, subject: Subject, bank: Callable[..., Any], format_: str, kind: str
) -> None:
    bank(9)
    response = as_author.post(EXPORT, {"format": format_, "resource": "0"})
    assert kind in response["Content-Type"]
    assert response["Content-Disposition"].startswith("attachment")
    planned = sheet.plan(subject, gate.read(response.content))
    assert planned.counts == {"skip": 9}


def test_the_export_page_has_nothing_inline(as_author: Client, subject: Subject) -> None:
    text = as_author.get(EXPORT).content.decode()
    assert "style=" not in text
    assert "onchange" not in text


def test_an_export_takes_a_fixed_number_of_statements(
    as_author: Client, subject: Subject, bank: Callable[..., Any],
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    bank(30)
    as_author.get(EXPORT)
    with django_assert_max_num_queries(16):
        as_author.post(EXPORT, {"format": "0", "resource": "0"})
