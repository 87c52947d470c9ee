"""The form field for attachments: several files at once, looked at before they are read."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from erqi.common.files import ACCEPT, LARGEST, MOST_FILES, Unacceptable, check_size


class UploadsInput(forms.FileInput):
    """The browser's file input for several files; phones offer camera and album."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"multiple": True, "accept": ACCEPT, **(attrs or {})})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[UploadedFile]:
        """Return the chosen files, an empty list for none."""
        return list(files.getlist(name)) if hasattr(files, "getlist") else list(files.get(name) or [])


class UploadsField(forms.Field):
    """Photos and documents to attach; gives a list of uploaded files for erqi.common.attachments.attach.

    Number and size are checked here, the content by the service. The form calls it `uploads`: a name that no record has as a
    column, so that it is never taken for a value that stands.
    """

    widget = UploadsInput

    def __init__(self, *, most: int = MOST_FILES, **options: Any) -> None:
        self.most = most
        options.setdefault("label", "附件")
        options.setdefault("required", False)
        options.setdefault(
            "help_text", f"照片（JPG、PNG、WebP）、PDF、Word（docx）、Excel（xlsx），最多 {most} 个，每个不超过 {LARGEST // 2**20} MB"
        )
        options.setdefault("error_messages", {"required": "请选择照片或文件。"})
        super().__init__(**options)

    def clean(self, value: Any) -> list[UploadedFile]:
        """Return the files; raise ValidationError with a sentence for each that is empty or too large, or for too many."""
        chosen: list[UploadedFile] = super().clean(value) or []
        if len(chosen) > self.most:
            raise ValidationError(f"选了 {len(chosen)} 个文件，最多 {self.most} 个，请减少后再上传。", code="many")
        wrong = []
        for file in chosen:
            try:
                check_size(file.name or "", file.size or 0)
            except Unacceptable as error:
                wrong.append(ValidationError(str(error), code="size"))
        if wrong:
            raise ValidationError(wrong)
        return chosen
