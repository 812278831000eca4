"""The two forms of an import: the file, and what becomes of its new records."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _, gettext_lazy

from commitments.rules.spreadsheets.parsing import MAX_BYTES, MAX_ROWS


class FileForm(forms.Form):
    """The file to check."""

    file = forms.FileField(
        label=gettext_lazy("Fichier CSV ou XLSX"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        allow_empty_file=True,  # the reader has its own message
        max_length=200,
    )

    def __init__(self, data: QueryDict | None = None, files: MultiValueDict[str, UploadedFile] | None = None) -> None:
        super().__init__(data, files, label_suffix="")
        self.fields["file"].help_text = _(
            "%(rows)s lignes et %(size)d Mo au plus. Rien n’est enregistré avant que vous ayez lu le compte rendu."
        ) % {"rows": f"{MAX_ROWS:,}".replace(",", "\u202f"), "size": MAX_BYTES // 1024 // 1024}

    def clean_file(self) -> UploadedFile:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            message = _("Le fichier dépasse %d Mo : partagez-le en plusieurs.")
            raise forms.ValidationError(message % (MAX_BYTES // 1024 // 1024))
        return file


class ConfirmForm(forms.Form):
    """What becomes of the records that an import makes: it never publishes."""

    fate = forms.ChoiceField(
        label=gettext_lazy("Les nouveaux enregistrements"),
        choices=[
            ("draft", gettext_lazy("restent des brouillons")),
            ("propose", gettext_lazy("sont proposés à la relecture")),
        ],
        initial="draft",
        widget=forms.RadioSelect,
    )
