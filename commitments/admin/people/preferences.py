"""The page of a person's own preferences for hearing from the desk."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy

from commitments.admin.permissions import account_of
from commitments.admin.unsaved import unsaved_form
from commitments.models import DeskPreference
from commitments.rules.work_queue import reminders


class PreferenceForm(forms.ModelForm):
    """The language of e-mails, and whether reminders are wanted."""

    class Meta:
        model = DeskPreference
        fields = ["language", "wants_reminders"]
        labels = {"wants_reminders": gettext_lazy("Recevoir votre file de travail par courriel")}


def preferences_page(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Show the preferences of the signed-in user; on POST save them."""
    user = account_of(request)
    form = PreferenceForm(
        request.POST if request.method == "POST" else None, instance=reminders.preference(user), label_suffix=""
    )
    if request.method == "POST" and not unsaved_form.asks_again(request) and form.is_valid():
        # Field by field: a reminder that goes out in the meantime marks its day in the same row.
        DeskPreference.objects.update_or_create(user=user, defaults=form.cleaned_data)
        messages.success(request, _("Vos préférences sont enregistrées."))
        return HttpResponseRedirect(reverse("admin:preferences"))
    context |= {"title": _("Vos préférences"), "form": form, "email": user.email}
    return TemplateResponse(request, "admin/preferences.html", context)
