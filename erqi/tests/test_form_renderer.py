"""Widgets drawn by functions look as Django's own templates draw them, whatever stands in them."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from erqi.common.form_renderer import _DRAWN, FormRenderer

NASTY = '<a href="x">\'&amp;</a>'
CHOICES = [("", "—"), ("a", NASTY), (7, "七"), ("组", [("b", "乙"), (True, "是")])]
WIDGETS = [
    forms.TextInput(),
    forms.TextInput(attrs={"class": NASTY, "disabled": True, "hidden": False, "data-x": 7}),
    forms.NumberInput(attrs={"min": 0}),
    forms.EmailInput(),
    forms.URLInput(),
    forms.PasswordInput(render_value=True),
    forms.HiddenInput(),
    forms.DateInput(attrs={"type": "date"}),
    forms.DateTimeInput(),
    forms.TimeInput(),
    forms.SearchInput(),
    forms.TelInput(),
    forms.ColorInput(),
    forms.CheckboxInput(),
    forms.Textarea(attrs={"rows": 2}),
    forms.Select(choices=CHOICES),
    forms.SelectMultiple(choices=CHOICES),
    forms.NullBooleanSelect(),
]
# Rendered as always: they have templates of their own.
OTHERS = [forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES), forms.ClearableFileInput()]
VALUES = [None, "", "甲", NASTY, SafeString("<b>"), 0, 7, 1.5, True, False, date(2018, 9, 28), "a\nb"]


def both(widget: forms.Widget, value: Any) -> tuple[str, str]:
    ours, theirs = (widget.render("name", value, {"id": "id_name"}, renderer) for renderer in (FormRenderer(), TemplatesSetting()))
    return ours, theirs


@pytest.mark.parametrize("widget", [*WIDGETS, *OTHERS], ids=lambda widget: type(widget).__name__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_widget_is_drawn_as_by_its_template(widget, value):
    ours, theirs = both(widget, value)
    assert ours.split() == theirs.split()
    assert isinstance(ours, SafeString)


@given(st.sampled_from(WIDGETS), st.text(), st.dictionaries(st.text(min_size=1), st.text()))
def test_any_text_and_attribute_is_escaped_alike(widget, value, attrs):
    widget = type(widget)(attrs=attrs)
    ours, theirs = both(widget, value)
    assert ours.strip() == theirs.strip()


def test_all_that_is_drawn_has_a_widget_here():
    drawn = {widget.template_name for widget in WIDGETS}
    assert drawn >= _DRAWN.keys() - {"django/forms/widgets/input.html"}


def test_options_with_a_template_of_their_own_are_left_to_it():
    class Own(forms.Select):
        option_template_name = "django/forms/widgets/radio_option.html"

    ours, theirs = both(Own(choices=CHOICES), "a")
    assert ours == theirs
