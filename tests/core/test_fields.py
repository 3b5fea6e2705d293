"""The fields of our own: web addresses, lists of choices, lists of lines."""

import pytest
from django import forms
from django.core.exceptions import ValidationError

from catalogue.models import Organization
from phases.models import Level, Phase
from resourcecenter.core.fields import ChoiceListField, LinesField, WebAddressField

UNKNOWN_CHOICE = "Unknown choice: %s."


@pytest.fixture
def levels():
    return Phase._meta.get_field("levels")


class OrganizationForm(forms.ModelForm):
    class Meta:
        model = Organization
        fields = ["name", "slug", "kind", "website"]


class PhaseForm(forms.ModelForm):
    class Meta:
        model = Phase
        fields = ["levels", "outputs"]


# --- Web addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["https://example.org", "http://example.org:8080/a?b=c#d", "HTTPS://EXAMPLE.ORG/"])
def test_a_web_address_is_http_or_https(address):
    assert WebAddressField().clean(address, None) == address


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JavaScript://example.org/%0aalert(1)", "data:text/html,x", "ftp://example.org/",
     "file:///etc/passwd", "mailto:a@example.org", "//example.org", "/networks/", "example.org", "https://", "https://[::1",
     " https://example.org", "https://example.org\n", "https://exa mple.org", "x" * 501,
     "https://example.org/" + "x" * 500],
    ids=lambda address: ascii(address[:30]),
)  # fmt: skip
def test_nothing_else_is_a_web_address(address):
    with pytest.raises(ValidationError):
        WebAddressField().clean(address, None)


def test_a_web_address_may_stay_empty_and_has_room():
    field = WebAddressField()
    assert field.clean("", None) == ""
    assert field.max_length == 500


def test_a_form_adds_the_scheme_that_people_leave_out():
    assert WebAddressField().formfield().clean(" www.example.org/guide ") == "https://www.example.org/guide"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/", "https://example.org/\0"])
def test_a_form_takes_no_other_scheme_either(address):
    form = OrganizationForm({"name": "Acme", "slug": "acme", "kind": "ngo", "website": address})
    assert list(form.errors) == ["website"]


# --- Lists of choices ---------------------------------------------------------------------------


@pytest.mark.parametrize("value", [[], ["network"], ["organization", "network", "industry"]])
def test_a_list_of_choices_holds_known_choices(levels, value):
    assert levels.clean(value, None) == value


@pytest.mark.parametrize(
    ("value", "unknown"),
    [(["planet"], "planet"), (["network", "planet"], "planet"), ([""], ""), ([5], 5), ([None], None)],
)
def test_an_unknown_choice_is_named(levels, value, unknown):
    with pytest.raises(ValidationError) as refusal:
        levels.clean(value, None)
    assert refusal.value.messages == [UNKNOWN_CHOICE % unknown]


@pytest.mark.parametrize("value", [5, True, "network", {"network": 1}], ids=repr)
def test_what_is_no_list_at_all_is_refused_in_words(levels, value):
    with pytest.raises(ValidationError):
        levels.clean(value, None)


def test_choices_read_in_their_own_order_however_they_were_stored(levels):
    assert levels.labels(["industry", "organization"]) == ["organization", "industry"]
    assert levels.labels([]) == []


def test_a_form_offers_all_choices_and_requires_none(levels):
    field = levels.formfield()
    assert field.choices == Level.choices
    assert field.clean([]) == []
    assert field.clean(["network", "industry"]) == ["network", "industry"]
    with pytest.raises(ValidationError):
        field.clean(["planet"])


def test_each_record_has_a_list_of_its_own():
    one, other = Phase(), Phase()
    one.levels.append("network")
    one.outputs.append("Charter")
    assert (other.levels, other.outputs) == ([], [])


def test_migrations_hold_no_choices():
    _name, path, _args, kwargs = ChoiceListField(choices_of=Level).deconstruct()
    assert path == "resourcecenter.core.fields.ChoiceListField"
    assert kwargs == {"default": list, "blank": True}


# --- Lists of lines -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("", []),
        (" \n\t\n", []),
        ("Charter", ["Charter"]),
        ("Charter\nWork plan", ["Charter", "Work plan"]),
        ("  Charter \r\n\r\n\r\n Work plan\r\n", ["Charter", "Work plan"]),
        ("One, with a comma; and more", ["One, with a comma; and more"]),
        ('["not", "JSON"]', ['["not", "JSON"]']),
    ],
)
def test_lines_that_were_typed_become_a_list(typed, lines):
    assert LinesField().formfield().clean(typed) == lines


def test_a_list_of_lines_is_edited_as_one_text():
    form = PhaseForm(instance=Phase(levels=["network"], outputs=["Charter", "Work plan"]))
    assert form["outputs"].value() == "Charter\nWork plan"
    assert form["levels"].value() == ["network"]


def test_what_was_typed_stays_in_a_form_that_has_an_error():
    form = PhaseForm({"levels": ["planet"], "outputs": " Charter \n\nPlan"})
    assert form.errors == {"levels": ["Select a valid choice. planet is not one of the available choices."]}
    assert form["outputs"].value() == " Charter \n\nPlan"


def test_a_form_that_nobody_changed_has_not_changed():
    instance = Phase(levels=["network"], outputs=["Charter", "Work plan"])
    assert not PhaseForm(
        {"levels": ["network"], "outputs": "Charter\r\nWork plan\r\n"}, instance=instance
    ).has_changed()
    assert PhaseForm({"levels": ["network"], "outputs": "Charter"}, instance=instance).changed_data == ["outputs"]
