"""django-import-export's screens around our sheet: permissions, subject, a sealed confirmation."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from import_export.admin import ImportExportMixin
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.tmp_storages import TempFolderStorage

from questions.interchange.gate import MAX_BYTES, SheetError
from questions.interchange.resource import CsvFormat, QuestionResource, SheetFormat, XlsxFormat
from questions.models import Subject

SALT = "questions.import"
HALF_A_DAY = 12 * 3600


class SheetImportForm(ImportForm):
    subject = forms.ModelChoiceField(Subject.objects.all(), label=_("Subject"))
    field_order = ("resource", "subject", "import_file", "format")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["subject"].initial = Subject.objects.first()

    def clean_import_file(self) -> Any:
        upload = self.cleaned_data["import_file"]
        if upload.size > MAX_BYTES:
            message = _("The file is larger than %(n)d MB.")
            raise forms.ValidationError(message, params={"n": MAX_BYTES // 2**20})
        return upload


class SheetConfirmForm(ConfirmImportForm):
    """Confirms just the file that was previewed: its name comes back signed.

    The name alone would let an importer point at any file in the temporary folder.
    """

    def clean_import_file_name(self) -> str:
        try:
            sealed = signing.loads(
                self.cleaned_data["import_file_name"], salt=SALT, max_age=HALF_A_DAY
            )
        except signing.BadSignature as error:
            message = _("This preview is no longer valid: upload the file again.")
            raise forms.ValidationError(message) from error
        self.cleaned_data["subject"] = Subject.objects.filter(pk=sealed["subject"]).first()
        return str(sealed["name"])


class SealedStorage(TempFolderStorage):
    """The upload in the temporary folder, readable to us alone, its digest in its name."""

    def save(self, data: bytes) -> None:
        self.name = f"cutscore-{hashlib.sha256(data).hexdigest()}-{uuid.uuid4().hex}"
        descriptor = os.open(self.get_full_path(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)

    def read(self) -> bytes:
        """The upload as it was previewed. Raises SheetError when the file is another by now."""
        data: bytes = super().read()
        if hashlib.sha256(data).hexdigest() not in self.name:
            raise SheetError(_("The uploaded file has changed: upload it again."))
        return data


class SheetTransferMixin(ImportExportMixin):
    """Import (drafts only, all or nothing) and export of questions as CSV and XLSX."""

    resource_classes = (QuestionResource,)
    import_formats = (SheetFormat,)
    export_formats = (CsvFormat, XlsxFormat)
    tmp_storage_class = SealedStorage
    import_form_class = SheetImportForm
    confirm_form_class = SheetConfirmForm
    export_form_class = ExportForm
    import_template_name = "admin/questions/import.html"

    def has_import_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["questions.add_question", "questions.change_question"])

    def has_export_permission(self, request: HttpRequest) -> bool:
        # A sheet shows every key, and so does the page of a question.
        return request.user.has_perm("questions.view_question")

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        data = getattr(form, "cleaned_data", None) or {}
        return {"subject": data.get("subject")}

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {"rollback_on_validation_errors": True}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        if import_form is not None:
            sealed = {
                "name": import_form.cleaned_data["import_file"].tmp_storage_name,
                "subject": import_form.cleaned_data["subject"].pk,
            }
            initial["import_file_name"] = signing.dumps(sealed, salt=SALT)
        return initial

    def add_data_read_fail_error_to_form(self, form: forms.Form, error: Exception) -> None:
        if isinstance(error, SheetError):
            form.add_error("import_file", str(error))
        else:
            super().add_data_read_fail_error_to_form(form, error)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Confirm: the same file again, planned again, written whole or not at all."""
        try:
            return super().process_import(request, **kwargs)
        except (FileNotFoundError, SheetError):
            messages.error(request, _("The uploaded file is gone: upload it again."))
            return HttpResponseRedirect(reverse("admin:questions_question_import"))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Say what happened; errors that came up since the preview are shown, nothing written."""
        if not result.has_errors() and not result.has_validation_errors():
            return super().process_result(result, request)
        context = self.admin_site.each_context(request) | {
            "title": _("Import"),
            "opts": self.model._meta,
            "result": result,
            "form": self.create_import_form_again(request),
        }
        messages.error(request, _("The bank has changed since the preview: nothing was imported."))
        return TemplateResponse(request, [self.import_template_name], context)

    def create_import_form_again(self, request: HttpRequest) -> forms.Form:
        """An empty upload form for the page that shows the errors."""
        return SheetImportForm([SheetFormat], self.get_import_resource_classes(request))
