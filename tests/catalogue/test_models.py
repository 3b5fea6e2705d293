"""Networks, organizations and topics: what the tables refuse, what the dates say, what lists load."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from catalogue.models import (
    NEWS_HOLDS,
    Deliverable,
    LearningQuestion,
    Membership,
    Network,
    NetworkSource,
    Organization,
    TaggedNetwork,
    Topic,
)
from tests.factories import make_network, make_organization, make_topic

ALREADY = "{} with this {} already exists."
UNKNOWN, PLANNED, ACTIVE, ENDED = "unknown", "planned", "active", "ended"
TODAY = date(2026, 6, 15)


def topic(**fields):
    return Topic(**{"name": "Other", "slug": "other", **fields})


def organization(**fields):
    return Organization(**{"name": "Other", "slug": "other", **fields})


def network(**fields):
    return Network(**{"name": "Other", "slug": "other", "summary": "S", **fields})


def with_bounds(record):
    """As save() would write it; bulk_create does not call it."""
    record.clean()
    return record


# --- Rules of the database ----------------------------------------------------------------------

BROKEN = {
    "catalogue_topic_name_once_in_any_case": (
        lambda known: topic(name="WATER"),
        {"There is the topic “Water” already."},
    ),
    "topic name once": (
        lambda known: topic(name="Water"),
        {"There is the topic “Water” already."},
    ),
    "topic address once": (lambda known: topic(slug="water"), {ALREADY.format("Topic", "Slug")}),
    "organization name once": (
        lambda known: organization(name="Acme"),
        {ALREADY.format("Organization", "Name")},
    ),
    "organization address once": (
        lambda known: organization(slug=Organization.objects.get().slug),
        {ALREADY.format("Organization", "Address")},
    ),
    "network name once": (lambda known: network(name=known.name), {ALREADY.format("Network", "Name")}),
    "network address once": (lambda known: network(slug=known.slug), {ALREADY.format("Network", "Address")}),
    "catalogue_network_ends_after_it_starts": (
        lambda known: with_bounds(network(starts="2010-02", ends="2010-01")),
        {"A network cannot end before it starts."},
    ),
    "catalogue_network_ends_after_it_starts, planned": (
        lambda known: with_bounds(network(starts="2010", planned_end="2009-12-31")),
        {"A network cannot end before it starts."},
    ),
    "catalogue_network_end_has_a_date_or_none": (
        lambda known: network(ends="2010", ended_undated=True),
        {"Give the date of the end, or say that it is not known; not both."},
    ),
    "catalogue_membership_once_a_role": (
        lambda known: Membership(network=known, organization=Organization.objects.get(), role="member"),
        {"This organization has this role already."},
    ),
    "catalogue_network_has_a_topic_once": (
        lambda known: TaggedNetwork(content_object=known, tag=Topic.objects.get()),
        {ALREADY.format("Topic", "Content object and Topic")},
    ),
    "catalogue_deliverable_year_has_four_digits, short": (
        lambda known: Deliverable(network=known, title="Report", year=10),
        {"Write the year with four digits."},
    ),
    "catalogue_deliverable_year_has_four_digits, long": (
        lambda known: Deliverable(network=known, title="Report", year=10_000),
        {"Write the year with four digits."},
    ),
    "catalogue_networksource_names_a_document": (
        lambda known: NetworkSource(network=known, facts="All of it"),
        {"Give the source a web address or a title."},
    ),
}
every_rule = pytest.mark.parametrize(("broken", "messages"), BROKEN.values(), ids=BROKEN)


@pytest.fixture
def known(db):
    """A network with one member and one topic."""
    known = make_network(tags=[make_topic("Water")])
    Membership.objects.create(network=known, organization=make_organization("Acme"))
    return known


@every_rule
def test_the_database_keeps_its_rules_behind_the_forms_back(known, broken, messages):
    record = broken(known)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(record).objects.bulk_create([record])


@every_rule
def test_a_form_says_which_rule_was_broken(known, broken, messages):
    with pytest.raises(ValidationError) as refusal:
        broken(known).full_clean()
    assert set(refusal.value.messages) == messages


def test_an_organization_is_not_part_of_itself(known):
    organization = Organization.objects.get()
    organization.parent = organization
    with pytest.raises(ValidationError) as refusal:
        organization.full_clean()
    assert refusal.value.messages == ["An organization cannot be part of itself."]
    with pytest.raises(IntegrityError), transaction.atomic():
        Organization.objects.update(parent=organization)


def test_no_constraint_of_the_catalogue_goes_untried():
    declared = {
        rule.name for model in apps.get_app_config("catalogue").get_models() for rule in model._meta.constraints
    }
    tried = {name.split(",")[0] for name in BROKEN} | {"catalogue_organization_is_not_its_own_parent"}
    assert declared == {name for name in tried if name.startswith("catalogue_")}


@pytest.mark.parametrize(
    "change",
    [{"starts_by": date(2010, 1, 2), "ends_by": date(2010, 1, 1)}, {"ends": "2010", "ended_undated": True}],
    ids=["ends after it starts", "end has a date or none"],
)
def test_no_rule_is_broken_by_an_update_either(known, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Network.objects.update(**change)


def test_an_organization_may_have_several_roles(known):
    Membership.objects.create(network=known, organization=Organization.objects.get(), role=Membership.Role.FUNDER)
    assert known.memberships.count() == 2
    assert known.organizations.distinct().count() == 1


def test_an_organization_with_a_role_cannot_go(known):
    with pytest.raises(ProtectedError):
        Organization.objects.get().delete()


@pytest.mark.django_db
def test_an_office_outlives_its_parent():
    parent = make_organization("Headquarters")
    office = make_organization("Office", parent=parent)
    parent.delete()
    office.refresh_from_db()
    assert office.parent is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"starts": "2010"},
        {"ends": "2010"},
        {"starts": "2010", "ends": "2010"},
        {"starts": "2010-06-15", "ends": "2010-06-15"},
        {"starts": "2010-06", "ends": "2010"},
        {"starts": "2010", "ends": "2010-01-01"},
        {"starts": "2008-02-29", "ends": "2008-02-29"},
        {"starts": "0001", "ends": "9999"},
        {"starts": "0001-01-01", "planned_end": "9999-12-31", "last_active": "1969"},
        {"starts": "201X", "ends": "2012?"},
        {"starts": "2010", "planned_end": "2009", "ends": "2011"},
    ],
)
def test_dates_that_can_be_true_are_taken(dates):
    assert make_network(**dates).pk


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["starts", "planned_end", "ends", "last_active"])
@pytest.mark.parametrize("text", ["June 2009", "2009-02-30", "2009/2010", "-2009", "2009\0"])
def test_a_wrong_date_gets_a_message_beside_its_field(field, text):
    with pytest.raises(ValidationError) as refusal:
        make_network(**{field: text})
    assert refusal.value.message_dict.keys() == {field}
    assert refusal.value.messages[0] == "Write a year, a month or a day: 2009, 2009-06 or 2009-06-15."


@pytest.mark.django_db
def test_saving_derives_the_bounds_and_an_emptied_date_empties_them():
    network = make_network(starts="2009-06", planned_end="2012", ends="2011")
    assert (network.starts_by, network.ends_by) == (date(2009, 6, 1), date(2011, 12, 31))
    network.ends = ""
    network.save()
    network.refresh_from_db()
    assert (network.starts_by, network.ends_by) == (date(2009, 6, 1), date(2012, 12, 31))
    network.starts = network.planned_end = ""
    network.save()
    network.refresh_from_db()
    assert (network.starts_by, network.ends_by) == (None, None)


# --- Status -------------------------------------------------------------------------------------

STATUS = [
    # dates, status on 15 June 2026
    ({}, UNKNOWN),
    ({"starts": "2027"}, PLANNED),
    ({"starts": "2026-06-16"}, PLANNED),
    ({"starts": "2026-07", "planned_end": "2028"}, PLANNED),
    ({"starts": "9999-12-31"}, PLANNED),
    ({"starts": "2026-06-15"}, UNKNOWN),
    ({"starts": "2009"}, UNKNOWN),
    ({"starts": "2026-06-15", "planned_end": "2026-06-15"}, ACTIVE),
    ({"starts": "2009", "planned_end": "2026-06"}, ACTIVE),
    ({"starts": "2009", "planned_end": "2026"}, ACTIVE),
    ({"planned_end": "9999-12-31"}, ACTIVE),
    ({"planned_end": "202X"}, ACTIVE),
    ({"starts": "2009", "planned_end": "2026-06-14"}, UNKNOWN),
    ({"starts": "2009", "planned_end": "2012"}, UNKNOWN),
    ({"planned_end": "0001"}, UNKNOWN),
    ({"planned_end": "2025", "last_active": "2024-03"}, UNKNOWN),  # that it ran before its planned end was expected
    ({"planned_end": "2025", "last_active": "2025"}, UNKNOWN),
    ({"planned_end": "2025", "last_active": "2026-01"}, ACTIVE),
    ({"ends": "2026-06-14"}, ENDED),
    ({"ends": "2026-05"}, ENDED),
    ({"ends": "2025"}, ENDED),
    ({"ends": "1969-12-31"}, ENDED),
    ({"ends": "0001"}, ENDED),
    ({"ends": "2009?"}, ENDED),
    ({"starts": "2009", "planned_end": "2030", "ends": "2011"}, ENDED),
    ({"starts": "2009", "last_active": "2026-06", "ends": "2025"}, ENDED),
    ({"ends": "2026"}, ACTIVE),  # it may end on any day of the year
    ({"ends": "2026-06"}, ACTIVE),
    ({"ends": "2026-06-15"}, ACTIVE),
    ({"ends": "2026-06-16"}, ACTIVE),
    ({"ended_undated": True}, ENDED),
    ({"starts": "2009", "planned_end": "2030", "ended_undated": True}, ENDED),
    ({"last_active": "2026-06", "ended_undated": True}, ENDED),
    ({"last_active": "2026-06-15"}, ACTIVE),
    ({"last_active": "2023-06-16"}, ACTIVE),
    ({"last_active": "2023-06-15"}, UNKNOWN),  # 2024 has a leap day: three years are 1,095 days here
    ({"last_active": "2023"}, ACTIVE),
    ({"last_active": "2022"}, UNKNOWN),
    ({"last_active": "1969"}, UNKNOWN),
    ({"last_active": "0001-01-01"}, UNKNOWN),
    ({"last_active": "9999"}, ACTIVE),
    ({"last_active": "9999-12-31"}, ACTIVE),
    ({"starts": "2027", "last_active": "2026-06"}, PLANNED),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("dates", "status"), STATUS, ids=str)
def test_the_status_is_what_the_dates_say(dates, status):
    assert make_network(**dates).status_on(TODAY) == status


@pytest.mark.django_db
def test_news_holds_for_three_years_to_the_day():
    network = make_network(last_active="2008-02-29")
    last_day = date(2008, 2, 29) + NEWS_HOLDS
    assert network.status_on(last_day) == ACTIVE
    assert network.status_on(last_day + timedelta(days=1)) == UNKNOWN


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York", "UTC"])
def test_a_network_ends_at_midnight_where_the_site_is(settings, monkeypatch, zone):
    settings.TIME_ZONE = zone
    network = make_network(starts="2009", ends="2026-12-31")
    last_second = datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone.get_default_timezone()).astimezone(UTC)
    monkeypatch.setattr(timezone, "now", lambda: last_second)
    assert network.status == ACTIVE
    monkeypatch.setattr(timezone, "now", lambda: last_second + timedelta(seconds=1))
    assert network.status == ENDED


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("dates", "since", "unconfirmed_end"),
    [
        ({}, "", ""),
        ({"starts": "2009"}, "", ""),
        ({"starts": "2009", "planned_end": "2012-06"}, "", "2012-06"),
        ({"last_active": "2009-06-15"}, "2009-06-15", ""),
        ({"planned_end": "2012", "last_active": "2010"}, "", "2012"),
        ({"planned_end": "2012", "last_active": "2014"}, "2014", ""),
        ({"ends": "2012"}, "", ""),
        ({"ended_undated": True, "last_active": "2009"}, "", ""),
        ({"ended_undated": True, "planned_end": "2009"}, "", ""),
        ({"planned_end": "9999"}, "", ""),
        ({"starts": "9999"}, "", ""),
    ],
    ids=str,
)
def test_an_unknown_status_says_since_when_or_until_when_it_was_planned(dates, since, unconfirmed_end):
    network = make_network(**dates)
    assert (network.unknown_since, network.unconfirmed_end) == (since, unconfirmed_end)


# --- Querysets ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 3])
def test_cards_ask_two_questions_for_one_network_and_for_three(django_assert_num_queries, how_many):
    topic = make_topic("Water")
    networks = [make_network(members=2, tags=[topic]) for _ in range(how_many)]
    with django_assert_num_queries(2):  # networks, tags
        cards = [(network.name, [tag.name for tag in network.tags.all()]) for network in Network.objects.for_cards()]
    assert cards == [(network.name, ["Water"]) for network in networks]


@pytest.mark.django_db
@pytest.mark.parametrize("how_many", [1, 3])
def test_a_network_page_asks_as_often_for_three_networks_as_for_one(django_assert_num_queries, how_many):
    topic = make_topic("Water")
    for _ in range(how_many):
        network = make_network(members=2, questions=2, deliverables=2, tags=[topic])
        NetworkSource.objects.create(network=network, title="Report")
    # networks, tags, memberships, learning questions, deliverables, sources
    with django_assert_num_queries(6):
        pages = [
            (
                [tag.name for tag in network.tags.all()],
                [membership.organization.name[:12] for membership in network.memberships.all()],
                [question.text for question in network.learning_questions.all()],
                [deliverable.title for deliverable in network.deliverables.all()],
                [source.title for source in network.sources.all()],
            )
            for network in Network.objects.for_page()
        ]
    lines = (["Organization"] * 2, ["Question 0?", "Question 1?"], ["Deliverable 0", "Deliverable 1"], ["Report"])
    assert pages == [(["Water"], *lines)] * how_many


@pytest.mark.django_db
def test_topics_come_before_sectors_each_by_name():
    names = [("Zambia", "topic"), ("Health", "sector"), ("Alliances", "topic"), ("Agriculture", "sector")]
    topics = {name: make_topic(name, group=group) for name, group in names}
    assert list(Topic.objects.for_tags()) == [topics[n] for n in ("Alliances", "Zambia", "Agriculture", "Health")]


@pytest.mark.django_db
def test_a_tag_typed_in_another_case_is_the_same_topic():
    network = make_network(tags=[make_topic("Water")])
    network.tags.add("WATER")
    assert [topic.name for topic in network.tags.all()] == ["Water"]
    assert Topic.objects.count() == 1


@pytest.mark.django_db
def test_lines_go_with_their_network_and_organizations_stay():
    network = make_network(members=1, questions=2, deliverables=2, tags=[make_topic("Water")])
    network.delete()
    left = {model: model.objects.count() for model in (LearningQuestion, Deliverable, Membership, TaggedNetwork)}
    assert set(left.values()) == {0}
    assert (Organization.objects.count(), Topic.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_addresses_last():
    assert make_network(slug="water").get_absolute_url() == "/networks/water/"
    assert make_organization(name="Acme").get_absolute_url().startswith("/organizations/organization-")
    assert make_topic("Water").get_absolute_url() == "/topics/water/"


@pytest.mark.django_db
def test_a_network_of_more_members_than_an_expression_of_sqlite_has_parts_can_be_read():
    network = make_network("Alpha")
    members = Organization.objects.bulk_create(
        Organization(name=f"Member {number}", slug=f"member-{number}") for number in range(1001)
    )
    Membership.objects.bulk_create(Membership(network=network, organization=member) for member in members)
    read = Network.objects.for_page().get(pk=network.pk)
    assert {membership.organization.name for membership in read.memberships.all()} == {m.name for m in members}
