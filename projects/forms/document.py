"""Forms of documents."""

from django import forms
from django.core.files.uploadedfile import UploadedFile

from projects.services.document import LARGEST_TEXT


class DocumentTextForm(forms.Form):
    """A text file. Its size is checked before a byte of it is read; its content by services.document."""

    file = forms.FileField(
        label="原文文件",
        help_text="纯文本（.txt），UTF-8 或 GB18030 编码，不超过 1 MB；段落之间空一行。",
        widget=forms.FileInput(attrs={"accept": ".txt,text/plain"}),
        error_messages={
            "required": "请选择文件。",
            "empty": "文件是空的。请选择含有正文的文本文件。",
            "missing": "没有收到文件，请重新选择。",
            "invalid": "没有收到文件，请重新选择。",
        },
    )

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_TEXT:
            raise forms.ValidationError("文件超过 1 MB。请只上传该文件的正文。")
        return file
