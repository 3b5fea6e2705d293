"""What is known of a person can be deleted to the last row and file, and is deleted after its time."""

import hashlib
import uuid
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from post_office.models import Email

from contributions import erasures, moderation, privacy, tokens
from contributions.forms import UploadForm
from contributions.models import Contribution, ContributionFile, Draft, Event, LostLink, Resource
from contributions.models.contribution import Intent, Kind, Sender
from resourcecenter.core import mail
from resourcecenter.core.public import Tombstone, retire, revive
from tests.contributions.states import act
from tests.factories import (
    PDF,
    make_contribution,
    make_moderator,
    make_network,
    make_payload,
    make_phase,
    make_resource,
    make_upload,
    sender_data,
)
from tests.mailserver import Clock, MailServer

pytestmark = pytest.mark.django_db
NAME, ADDRESS, ORGANIZATION = "Quaggaperson", "okapiperson@example.org", "Zebraperson"
WHO = (NAME, ADDRESS, ORGANIZATION)
TEXT, WORD = "Bongotext", "Gnuword"
PERSON = Sender(f"Ada {NAME}", ADDRESS, f"{ORGANIZATION} Ltd.", wants_credit=False)
CREDITED = PERSON._replace(wants_credit=True)


def whole_database() -> str:
    """Every row of every table, those without a model too, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [f"{table}: {row}" for row in cursor.fetchall()]
    return "\n".join(found)


def whole_storages() -> str:
    paths = [path for alias in ("default", "private") for path in storages[alias].base_location.rglob("*")]
    return "\n".join(f"{path}: {path.read_bytes() if path.is_file() else ''}" for path in paths)


def traces(*words) -> list[str]:
    """The lines of the database and of the storages in which any of the words stands."""
    lines = f"{whole_database()}\n{whole_storages()}".splitlines()
    return [line for line in lines if any(word.lower() in line.lower() for word in words)]


def own_file():
    form = UploadForm(QueryDict(), MultiValueDict({"file": [make_upload(f"{TEXT}.pdf", PDF + TEXT.encode())]}))
    assert form.is_valid()
    return form.accepted_files


def pending(**fields):
    return make_contribution(sender=PERSON, files=own_file(), title=TEXT, summary=f"{TEXT} {NAME}", **fields)


def asked(moderator):
    contribution = pending()
    act("request_changes", contribution, by=moderator, public_note="Which year?", internal_note="Odd.")
    act("answer", contribution, by=None, public_note=f"{WORD} {ADDRESS}")
    act("request_changes", contribution, by=moderator, public_note="Which year, please?")
    return contribution


def rejected(moderator):
    contribution = pending()
    act("reject", contribution, by=moderator, public_note="Not ours.", internal_note="Odd.", reason="Off topic")
    act("appeal", contribution, by=None, public_note=WORD)
    act("reject", contribution, by=moderator, public_note="Still not ours.")
    return contribution


def withdrawn(moderator):
    contribution = pending()
    act("withdraw", contribution, by=None)
    return contribution


def revised(moderator):
    contribution = pending()
    act("revise", contribution, by=None, payload=make_payload(summary=f"{TEXT} {WORD}"))
    return contribution


def about(record, intent, payload, **fields):
    return moderation.submit(
        payload,
        title=f"{TEXT}: {record}",
        kind=Kind.NETWORK,
        intent=intent,
        record=record,
        sender=PERSON,
        form_key=uuid.uuid4(),
        note=WORD,
        **fields,
    )


def problem(moderator):
    return about(make_network(), Intent.PROBLEM, {"problem": "other", "text": f"{TEXT} {NAME}", "url": ""})


def solved_problem(moderator):
    contribution = problem(moderator)
    act("approve", contribution, by=moderator, public_note="Thank you.")
    return contribution


def correction(moderator):
    return about(make_network(), Intent.CORRECTION, {"summary": TEXT}, base={"summary": "What it learnt."})


NOT_PUBLIC = [lambda _moderator: pending(), asked, rejected, withdrawn, revised, problem, solved_problem, correction]
NAMES = ["pending", "asked", "rejected", "withdrawn", "revised", "problem", "solved problem", "correction"]


def by_command(client, contribution):
    call_command("erase_person", ADDRESS.upper())


def by_moderator(client, contribution):
    client.force_login(make_moderator("eraser"))
    address = reverse("admin:contributions_contribution_erase", args=[contribution.pk])
    assert client.post(address).status_code == 302


def by_sender(client, contribution):
    address = reverse("contributions:erase", args=[tokens.token_for(contribution.form_key)])
    assert client.post(address).status_code == 302


each_way = pytest.mark.parametrize("erase", [by_command, by_moderator, by_sender])


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


# --- Erased -------------------------------------------------------------------------------------


@each_way
@pytest.mark.parametrize("send", NOT_PUBLIC, ids=NAMES)
def test_nothing_of_a_person_stays_and_nothing_of_what_they_sent(
    client, send, erase, django_capture_on_commit_callbacks
):
    contribution = send(make_moderator())
    assert all(traces(word) for word in (*WHO, TEXT))
    with django_capture_on_commit_callbacks(execute=True):
        erase(client, contribution)
    assert traces(*WHO, TEXT, WORD) == []


@each_way
def test_decisions_and_their_moderators_stay(client, erase):
    contribution = rejected(make_moderator())
    erase(client, contribution)
    kept = Event.objects.exclude(actor=None).values_list("actor__username", "public_note", "internal_note", "reason")
    assert list(kept) == [
        ("moderator", "Not ours.", "Odd.", "Off topic"),
        ("moderator", "Still not ours.", "", ""),
    ]
    contribution.refresh_from_db()
    assert (contribution.state, contribution.erased_at is None) == ("rejected", False)


@each_way
@pytest.mark.parametrize("sender", [PERSON, CREDITED], ids=["unnamed", "named"])
def test_what_is_public_stays_without_its_contributor(client, erase, sender, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        contribution = make_contribution(sender=sender, files=own_file(), title=TEXT, licence="CC-BY-4.0")
        record = act("approve", contribution, by=make_moderator())
    assert bool(record.credit) == sender.wants_credit
    with django_capture_on_commit_callbacks(execute=True):
        erase(client, contribution)
    assert traces(*WHO) == []
    page = client.get(record.get_absolute_url()).content.decode()
    assert (TEXT in page, NAME in page) == (True, False)
    download = client.get(record.attachments.get().get_absolute_url())
    assert TEXT.encode() in b"".join(download.streaming_content)


@each_way
def test_the_name_does_not_come_back_with_a_retired_record(client, erase):
    contribution = make_contribution(sender=CREDITED, title=TEXT)
    record = act("approve", contribution, by=make_moderator())
    retire(record)
    erase(client, contribution)
    assert traces(*WHO) == []
    assert revive(Tombstone.objects.get()).credit == ""


def test_the_command_finds_all_that_a_person_left(client, django_capture_on_commit_callbacks):
    moderator = make_moderator()
    for send in NOT_PUBLIC:
        send(moderator)
    act("approve", make_contribution(sender=CREDITED), by=moderator)
    save_draft(client)
    LostLink.objects.create(email=ADDRESS.capitalize())
    somebody_else = make_contribution(title="Of another person")
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", ADDRESS)
    assert traces(*WHO, TEXT, WORD) == []
    somebody_else.refresh_from_db()
    assert (somebody_else.title, somebody_else.contributor_email) == ("Of another person", "ada@example.org")
    assert Email.objects.get().to == ["ada@example.org"]


def save_draft(client):
    make_phase(6)
    upload = make_upload(f"{TEXT}.pdf", PDF + TEXT.encode())
    you = sender_data(name=NAME, email=ADDRESS, organization=ORGANIZATION, note=WORD)
    page = client.post("/contribute/resource/", {"title": TEXT, "do": "save", "file": upload, **you})
    assert (page.status_code, Draft.objects.count(), ContributionFile.objects.filter(contribution=None).count()) == (
        200,
        1,
        1,
    )


def test_of_somebody_who_only_saved_a_draft_nothing_stays_either(client, django_capture_on_commit_callbacks):
    save_draft(client)
    assert all(traces(word) for word in (*WHO, TEXT))
    with django_capture_on_commit_callbacks(execute=True):
        call_command("erase_person", ADDRESS)
    assert traces(*WHO, TEXT, WORD) == []


def test_what_a_mail_server_said_of_an_address_is_erased_too(settings):
    contribution, server = pending(), MailServer(settings)
    server.refused[ADDRESS] = f"550 <{ADDRESS}>: no such mailbox"
    with server.running():
        mail.send_due()
    assert [line for line in traces(ADDRESS) if "no such mailbox" in line]
    privacy.erase(contribution)
    assert traces(ADDRESS) == []


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (0, "No contribution came from that address.\n"),
        (1, "Contributions whose sender was erased: 1.\n"),
        (3, "Contributions whose sender was erased: 3.\n"),
    ],
)
def test_the_command_says_how_much_it_found(capsys, sent, said):
    for _ in range(sent):
        make_contribution(sender=PERSON)
    call_command("erase_person", ADDRESS)
    assert capsys.readouterr().out == said


@each_way
def test_erasing_twice_changes_nothing_more(client, erase):
    contribution = pending()
    erase(client, contribution)
    before = Contribution.objects.values().get()
    privacy.erase(contribution)
    assert Contribution.objects.values().get() == before


# --- Erased again after the restoration of an older backup --------------------------------------


@pytest.mark.parametrize("send", NOT_PUBLIC, ids=NAMES)
def test_a_person_whom_a_backup_brings_back_is_erased_again(send, django_capture_on_commit_callbacks):
    send(make_moderator())
    erasures.remember_person(ADDRESS.upper())  # as on the site that was lost
    with django_capture_on_commit_callbacks(execute=True):
        privacy.replay_erasures()
    assert traces(*WHO, TEXT, WORD) == []


@each_way
def test_what_was_erased_is_erased_again_and_what_the_person_sent_since_stays(client, clock, erase):
    before = pending()
    clock.move_on(days=1)
    erase(client, before)
    since, other = make_contribution(sender=PERSON), make_contribution()
    Contribution.objects.filter(pk=since.pk).update(sent_at=clock.now + timedelta(days=1))
    Contribution.objects.filter(pk=before.pk).update(erased_at=None, contributor_email=ADDRESS)  # as in the backup
    assert privacy.replay_erasures() == 1
    left = Contribution.objects.order_by("pk").values_list("contributor_email", flat=True)
    assert list(left) == ["", ADDRESS, other.contributor_email]


def test_a_draft_that_a_backup_brings_back_is_erased_again_after_a_change_of_the_secret(client, settings):
    erasures.remember_person(ADDRESS)
    save_draft(client)
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=1))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    privacy.replay_erasures()
    assert Draft.objects.count() == 0


def test_the_list_of_erasures_names_nobody_and_outlives_a_line_that_the_disk_had_no_room_for(settings, tmp_path):
    erasures.remember_person(ADDRESS)
    with settings.ERASURES_FILE.open("a") as half:
        half.write("\n2026-11-24T12:00:00+00:00 0123")
    erasures.remember_contribution(uuid.uuid4())
    other = tmp_path / "older"
    other.write_text(settings.ERASURES_FILE.read_text())
    erasures.take_over(other)
    assert ADDRESS not in settings.ERASURES_FILE.read_text()
    assert [bool(erasures.LINE.fullmatch(line)) for line in settings.ERASURES_FILE.read_text().splitlines()] == [
        False,
        True,
        False,
        True,
    ]
    assert erasures.Erasures().of_person(ADDRESS.upper())
    assert not erasures.Erasures().of_person("another@example.org")


def test_nothing_is_erased_where_the_list_cannot_be_continued(settings):
    contribution = pending()
    settings.ERASURES_FILE = settings.ERASURES_FILE / "nowhere"
    with pytest.raises(OSError, match="nowhere"):
        privacy.erase(contribution)
    assert traces(ADDRESS)


# --- Kept for its time --------------------------------------------------------------------------


def after(clock, run=privacy.retain, **by):
    clock.move_on(**by)
    run()


@pytest.mark.parametrize("send", [rejected, withdrawn])
def test_what_was_not_accepted_is_erased_after_its_time(clock, settings, send, django_capture_on_commit_callbacks):
    settings.RETENTION_REJECTED_DAYS = 20
    send(make_moderator())
    after(clock, days=19, hours=23)
    assert traces(TEXT, *WHO)
    with django_capture_on_commit_callbacks(execute=True):
        after(clock, hours=2)
    assert traces(TEXT, WORD, *WHO) == []


def test_who_sent_what_is_public_is_erased_after_its_time_but_the_credit(clock, settings):
    settings.RETENTION_LINK_DAYS = 20
    act("approve", make_contribution(sender=CREDITED, title=TEXT), by=make_moderator())
    after(clock, days=19, hours=23)
    assert traces(ADDRESS)
    after(clock, hours=2)
    assert traces(ADDRESS) == []
    assert Resource.objects.get().credit == f"Ada {NAME}, {ORGANIZATION} Ltd."
    assert Contribution.objects.get().contributor_name == ""


def test_what_its_sender_never_answered_is_closed_after_its_time_and_erased_later(clock, settings):
    settings.RETENTION_UNANSWERED_DAYS, settings.RETENTION_REJECTED_DAYS = 30, 20
    asked(make_moderator())
    after(clock, days=29, hours=23)
    assert Contribution.objects.get().state == "changes_requested"
    after(clock, hours=2)
    assert Contribution.objects.get().state == "withdrawn"
    assert Contribution.objects.get().contributor_email == ADDRESS
    after(clock, days=20)
    assert Contribution.objects.get().contributor_email == ""


def test_what_waits_for_a_moderator_is_kept_however_long(clock):
    pending()
    after(clock, days=3650)
    assert Contribution.objects.get().contributor_email == ADDRESS


def test_a_draft_and_its_files_are_removed_after_their_time(
    client, clock, settings, django_capture_on_commit_callbacks
):
    settings.RETENTION_DRAFT_DAYS = 20
    save_draft(client)
    after(clock, days=19, hours=23)
    assert (Draft.objects.count(), ContributionFile.objects.count()) == (1, 1)
    with django_capture_on_commit_callbacks(execute=True):
        after(clock, hours=2)
    assert (Draft.objects.count(), ContributionFile.objects.count()) == (0, 0)
    assert whole_storages().count(TEXT) == 0


def test_a_held_file_without_a_draft_is_removed_after_two_days(clock, django_capture_on_commit_callbacks):
    [file] = own_file()
    file.form_key = uuid.uuid4()
    file.save()
    after(clock, run=privacy.retain, hours=47)
    assert ContributionFile.objects.count() == 1
    with django_capture_on_commit_callbacks(execute=True):
        after(clock, hours=2)
    assert (ContributionFile.objects.count(), whole_storages().count(TEXT)) == (0, 0)


def test_a_mail_is_purged_after_its_time(clock, settings):
    settings.RETENTION_MAIL_DAYS = 20
    pending()
    with MailServer(settings).running():
        mail.send_due()
    after(clock, run=mail.purge, days=19, hours=23)
    assert Email.objects.count() == 1
    after(clock, run=mail.purge, hours=2)
    assert Email.objects.count() == 0


# --- What a copy of the database opens ----------------------------------------------------------


def test_a_copy_of_the_database_holds_no_private_link(client, settings):
    moderator, server = make_moderator(), MailServer(settings)
    contributions = [send(moderator) for send in NOT_PUBLIC]
    save_draft(client)
    LostLink.objects.create(email=ADDRESS)
    with server.running():
        for _ in range(9):
            mail.send_due()
    assert server.received
    keys = [contribution.form_key for contribution in contributions]
    secrets = [make(key) for key in keys for make in (tokens.token_for, tokens.mail_code_for)]
    secrets += [tokens.draft_token_for(draft.form_key) for draft in Draft.objects.all()]
    assert traces(*secrets) == []
    assert [client.get(f"/contributions/{tokens.hash_of(token)}/").status_code for token in secrets] == [404] * 17
    assert client.get(f"/contributions/{tokens.token_for(keys[0])}/").status_code == 200


def test_the_dump_that_these_tests_search_holds_every_table_and_file(client):
    make_resource(title=TEXT)
    save_draft(client)
    found = "\n".join(traces(TEXT, ADDRESS))
    for place in (
        "contributions_resource:",
        "contributions_historicalresource:",
        "core_",
        "post_office_email:",
        "%PDF",
    ):
        assert place in found
    assert traces(hashlib.sha256(PDF + TEXT.encode()).hexdigest())
