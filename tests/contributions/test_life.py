"""Any order of any actions by anybody: after each, all is as a few rules in plain Python say that it should be."""

import shutil
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from post_office.models import Email

from contributions import filekeeping, moderation, privacy, tokens
from contributions.forms import form_for
from contributions.models import Attachment, Contribution, ContributionFile, Event
from contributions.models.contribution import RECORDS, Intent, Kind, Sender
from contributions.moderation import AlreadySent, Overtaken
from resourcecenter.core import history
from resourcecenter.core.public import Tombstone, retire, revive
from resourcecenter.core.search.index import IndexedDocument
from tests.contributions.life import Life, State, World, titles
from tests.contributions.states import act, everything, make_files
from tests.factories import PDF, make_curator, make_moderator, make_payload, make_phase, make_upload

ADA = Sender("Ada Contributor", "ada@example.org", "Example Network", wants_credit=True)
BEA = Sender("Bea Contributor", "bea@example.org")
NOBODY = Sender()
CHANGED_FIELDS = {Kind.RESOURCE: ["summary", "publisher"], Kind.NETWORK: ["summary", "notes"]}
BRINGS_A_PAYLOAD = {"revise", "amend"}
ACTIONS = {
    by: [name for name, step in moderation.TRANSITIONS.items() if step.by == by and name != "submit"]
    for by in ("contributor", "moderator", "worker")
}
MOST_AT_ONCE = 6
"""So many contributions are enough for all that can happen between them."""

any_one = st.integers(min_value=0, max_value=9)
screen = st.sampled_from([0, 0, 1, 2])
"""How many versions ago the page was opened."""
is_fit = st.sampled_from([True, True, False])
"""Whether a button of the page is pressed, or anything at all sent."""


class Clock:
    """What Django takes for the time, in the defaults of fields too; it stands still until it is moved on."""

    def __init__(self, monkeypatch):
        self.now = datetime(2031, 1, 1, tzinfo=UTC)
        clock = self

        class Standing(datetime):
            @classmethod
            def now(cls, tz=None):
                return clock.now.astimezone(tz)

        monkeypatch.setattr(timezone, "datetime", Standing)


class Portal(RuleBasedStateMachine):
    """Contributors, two moderators, a curator and the worker, all of whom do whatever comes to their mind."""

    def __init__(self, clock, people):
        super().__init__()
        self.clock, self.began, self.world = clock, clock.now, World()
        self.moderators, self.curator = people[:2], people[2]
        self.texts = 0
        for alias in ("default", "private"):
            shutil.rmtree(storages[alias].location, ignore_errors=True)
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)
        self.clock.now = self.began

    @initialize(one=any_one, other=any_one)
    def begin_with_something_public_and_something_that_waits(self, one, other):
        for _ in range(2):
            self.send_a_new_resource(sender=ADA, has_file=bool(one % 2))
            self.world.look()
        self.act(self.world.lives[0], "approve", 0, by=one_of(self.moderators, other))

    # --- Contributors ---------------------------------------------------------------------------

    @precondition(lambda self: len(self.world.lives) < MOST_AT_ONCE)
    @rule(sender=st.sampled_from([ADA, BEA]), has_file=st.booleans())
    def send_a_new_resource(self, sender, has_file):
        title = self.text()
        payload = make_payload(title=title, url=f"https://example.org/{uuid.uuid4()}", licence="CC-BY-4.0")
        uploads = [make_upload(content=PDF + title.encode())] if has_file else []
        self.send(Kind.RESOURCE, tidy(Kind.RESOURCE, payload, has_files=has_file), sender, title, uploads=uploads)

    @precondition(lambda self: len(self.world.lives) < MOST_AT_ONCE)
    @rule(sender=st.sampled_from([ADA, BEA]))
    def send_a_new_network(self, sender):
        name = self.text()
        members = [{"organization": f"Members of {name}", "role": "member"}]
        payload = {"name": name, "kind": "learning_network", "summary": "What it learnt.", "memberships": members}
        self.send(Kind.NETWORK, tidy(Kind.NETWORK, payload), sender, name)

    @precondition(lambda self: self.world.public and len(self.world.lives) < MOST_AT_ONCE)
    @rule(sender=st.sampled_from([ADA, BEA]), record=any_one, field=any_one)
    def send_a_correction(self, sender, record, field):
        kind, key = one_of(list(self.world.public), record)
        public = self.world.public[kind, key]
        payload = public | {one_of(CHANGED_FIELDS[kind], field): self.text()}
        sender = sender._replace(wants_credit=False)
        record = RECORDS[kind].objects.get(pk=key)
        self.send(kind, payload, sender, str(record), intent=Intent.CORRECTION, record=record, base=public)

    @precondition(lambda self: self.world.public and len(self.world.lives) < MOST_AT_ONCE)
    @rule(sender=st.sampled_from([ADA, BEA, NOBODY]), record=any_one)
    def report_a_problem(self, sender, record):
        kind, key = one_of(list(self.world.public), record)
        payload = {"problem": "dead_link", "text": self.text(), "url": ""}
        sender = sender._replace(wants_credit=False)
        record = RECORDS[kind].objects.get(pk=key)
        self.send(kind, payload, sender, "A link does not work", intent=Intent.PROBLEM, record=record)

    def send(self, kind, payload, sender, title, *, intent=Intent.NEW, record=None, base=None, uploads=()):
        sent = {"kind": kind, "intent": intent, "record": record, "base": base or {}, "title": title}
        sent |= {"sender": sender, "form_key": uuid.uuid4(), "payload": payload}
        files = make_files(*uploads) if uploads else []
        with committed():
            contribution = moderation.submit(**sent, files=files)
        credit = ", ".join(filter(None, sender[0:3:2])) if sender.wants_credit and kind == Kind.RESOURCE else ""
        life = Life(
            pk=contribution.pk,
            reference=contribution.reference,
            sent=sent | {"uploads": uploads},
            payload=payload,
            title=title,
            email=sender.email,
            credit=credit,
            checksums=[file.sha256 for file in files],
            record=record and (kind, record.pk),
        )
        self.world.begin(life)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one, is_changed=st.booleans())
    def send_the_same_form_again(self, one, is_changed):
        life = one_of(self.world.lives, one)
        sent = dict(life.sent)
        for upload in sent["uploads"]:
            upload.seek(0)
        files = make_files(*sent["uploads"]) if sent["uploads"] else []
        del sent["uploads"]
        if is_changed:
            sent["payload"] = sent["payload"] | {"summary": self.text()}
        row = life.row()
        is_same = (sent["payload"], sent["sender"].email, sorted(file.sha256 for file in files)) == (
            row["payload"],
            row["contributor_email"],
            sorted(life.checksums),
        )
        with nothing_changes():
            if is_same:
                assert moderation.submit(**sent, files=files).pk == life.pk
            else:
                with pytest.raises(AlreadySent):
                    moderation.submit(**sent, files=files)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one, action=any_one, back=screen, is_fit=is_fit)
    def act_as_its_contributor(self, one, action, back, is_fit):
        life = one_of(self.world.lives, one)
        self.act(life, self.choose(life, "contributor", action, is_fit), back)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one)
    def delete_my_data(self, one):
        life = one_of(self.world.lives, one)
        with committed():
            privacy.erase(row_of(life))
        self.world.erase(life)

    @precondition(lambda self: len(self.world.lives) == MOST_AT_ONCE)
    @rule(sender=st.sampled_from([ADA, BEA]))
    def delete_all_of_a_person(self, sender):
        lives = [life for life in self.world.lives if life.email == sender.email]
        with committed():
            assert privacy.erase_person(sender.email.upper()) == len(lives)
        for life in lives:
            self.world.erase(life)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one, other=any_one)
    def prove_the_address_by_the_code_of_a_mail(self, one, other):
        life, of = one_of(self.world.lives, one), one_of(self.world.lives, other)
        code = tokens.mail_code_for(of.sent["form_key"])
        page = Client().post(reverse("contributions:prove_address", args=[token(life)]), {"code": code})
        assert page.status_code == (302 if life.is_reachable else 404)
        life.is_proved = life.is_proved or (life is of and life.is_reachable)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one)
    def open_the_private_page(self, one):
        life = one_of(self.world.lives, one)
        key = life.sent["form_key"]
        with nothing_changes():
            page = Client().get(reverse("contributions:status", args=[token(life)]))
            others = [tokens.draft_token_for(key), tokens.mail_code_for(key), tokens.token_for(uuid.uuid4()), key.hex]
            pages = [Client().get(reverse("contributions:status", args=[other])) for other in others]
        assert page.status_code == (200 if life.is_reachable else 404)
        named = {each.reference for each in self.world.lives if each.reference in page.content.decode()}
        assert named == ({life.reference} if life.is_reachable else set())
        assert {page.status_code for page in pages} == {404}

    # --- Moderators -----------------------------------------------------------------------------

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one, action=any_one, by=any_one, back=screen, is_fit=is_fit)
    def act_as_a_moderator(self, one, action, by, back, is_fit):
        life = one_of(self.world.lives, one)
        self.act(life, self.choose(life, "moderator", action, is_fit), back, by=one_of(self.moderators, by))

    @precondition(lambda self: self.waiting())
    @rule(one=any_one, by=any_one, back=screen)
    def approve_what_waits(self, one, by, back):
        self.act(one_of(self.waiting(), one), "approve", back, by=one_of(self.moderators, by))

    # --- The curator ----------------------------------------------------------------------------

    @precondition(lambda self: self.world.public)
    @rule(one=any_one)
    def change_a_record(self, one):
        kind, key = one_of(list(self.world.public), one)
        record = RECORDS[kind].objects.get(pk=key)
        record.summary = self.text()
        with history.change("Mended", by=self.curator):
            record.save()
        self.world.public[kind, key] = self.world.public[kind, key] | {"summary": record.summary}

    @precondition(lambda self: self.world.public)
    @rule(one=any_one)
    def retire_a_record(self, one):
        kind, key = one_of(list(self.world.public), one)
        record = RECORDS[kind].objects.get(pk=key)
        with transaction.atomic():
            retire(record, reason="Out of date", by=self.curator)
        self.world.retired[kind, key] = self.world.public.pop((kind, key))

    @precondition(lambda self: self.world.retired)
    @rule(one=any_one)
    def revive_a_record(self, one):
        kind, key = one_of(list(self.world.retired), one)
        tombstone = Tombstone.objects.get(kind=RECORDS[kind]._meta.label_lower, key=key)
        with transaction.atomic():
            revive(tombstone, by=self.curator)
        self.world.public[kind, key] = self.world.retired.pop((kind, key))

    # --- Time and the worker --------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 25, 91 * 24, 181 * 24, 366 * 24]))
    def time_goes_by(self, hours):
        self.clock.now += timedelta(hours=hours)

    @precondition(lambda self: self.world.lives)
    @rule(one=any_one, back=screen)
    def close_what_was_never_answered(self, one, back):
        self.act(one_of(self.world.lives, one), "expire", back)

    @rule()
    def let_go_of_what_has_been_kept_for_its_time(self):
        with committed():
            privacy.retain()
        self.world.retain()
        assert filekeeping.sweep() == ([], [])

    # --- How it is done -------------------------------------------------------------------------

    def text(self):
        self.texts += 1
        return f"Text{self.texts} {'abcdefghijklmnopqrstuvwxyz'[self.texts % 26] * 9}"

    def waiting(self):
        return [life for life in self.world.lives if life.state == State.PENDING]

    def choose(self, life, by, number, is_fit):
        available = sorted(self.world.available(life, by)) if is_fit else []
        return one_of(available or ACTIONS[by], number)

    def act(self, life, action, back, *, by=None):
        """Do it if the rules allow it; if they do not, see that it is refused and that nothing changes."""
        seen = life.seen[-1 - min(back, len(life.seen) - 1)]
        words = self.words(life, action, by)
        if not self.world.allows(life, action, seen):
            with nothing_changes(), pytest.raises(Overtaken):
                act(action, row_of(life), by=by, seen=seen, **words)
            return
        with committed():
            record = act(action, row_of(life), by=by, seen=seen, **words)
        self.world.move(life, action, by=by, **words)
        if record:
            self.world.publish(life, (life.sent["kind"], record.pk))
            newest = history.versions(record)[0]
            assert (newest.who, life.reference in newest.why) == (by.get_username(), True)

    def words(self, life, action, by):
        if action == "assign":
            return {"to": next(person for person in self.moderators if person != by)}
        if action not in BRINGS_A_PAYLOAD:
            return {}
        field = "text" if life.intent == Intent.PROBLEM else CHANGED_FIELDS[life.sent["kind"]][0]
        return {"payload": life.payload | {field: self.text()}}

    # --- What is always so ----------------------------------------------------------------------

    @invariant()
    def every_contribution_is_as_it_should_be(self):
        self.world.look()
        assert Contribution.objects.count() == len(self.world.lives)
        for life in self.world.lives:
            contribution = row_of(life)
            expected = life.row()
            found = Contribution.objects.filter(pk=life.pk).values(*expected, "address_proved_at", "erased_at").get()
            assert found.pop("address_proved_at") is not None or not life.is_proved
            assert (found.pop("erased_at") is not None) == life.is_erased
            assert found == expected
            for by in ("contributor", "moderator", "worker"):
                assert set(moderation.available(contribution, by=by)) == self.world.available(life, by)

    @invariant()
    def each_success_left_one_event_and_nothing_else_did(self):
        columns = ["action", "actor", "from_state", "to_state", "revision"]
        for life in self.world.lives:
            assert list(Event.objects.filter(contribution=life.pk).values_list(*columns)) == life.events
        erased = Event.objects.filter(contribution__in=[life.pk for life in self.world.lives if life.is_erased])
        assert not erased.exclude(payload=None).exists()
        assert not erased.filter(actor=None).exclude(public_note="").exists()

    @invariant()
    def the_public_sees_what_was_approved_and_can_find_it(self):
        found = {
            (kind, record.pk): form_for(kind).payload_of(record)
            for kind in CHANGED_FIELDS
            for record in RECORDS[kind].objects.all()
        }
        assert found == self.world.public
        documents = IndexedDocument.objects.filter(kind__in=CHANGED_FIELDS)
        index = {(kind, key): title for kind, key, title in documents.values_list("kind", "key", "title")}
        assert index == titles(self.world.public.items())
        credited = {("resource", pk): credit for pk, credit in RECORDS["resource"].objects.values_list("pk", "credit")}
        assert credited == {key: self.world.credits[key] for key in self.world.public if key[0] == "resource"}

    @invariant()
    def each_told_event_has_one_mail(self):
        waiting = [(email.to[0], email.subject) for email in Email.objects.all()]
        assert sorted(waiting) == sorted(self.world.outbox.elements())

    @invariant()
    def every_file_is_there(self):
        files = [*ContributionFile.objects.all(), *Attachment.objects.all()]
        assert all(file.file.storage.exists(file.file.name) for file in files)
        for life in self.world.lives:
            checksums = ContributionFile.objects.filter(contribution=life.pk).values_list("sha256", flat=True)
            assert list(checksums) == life.checksums


@pytest.mark.django_db
def test_whatever_anybody_does_in_whatever_order_is_done_once_or_refused_without_a_trace(monkeypatch):
    make_phase()
    people = make_moderator("first"), make_moderator("second"), make_curator()
    clock = Clock(monkeypatch)
    run_state_machine_as_test(
        lambda: Portal(clock, people),
        settings=settings(
            max_examples=16,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


@contextmanager
def nothing_changes():
    before = everything()
    yield
    assert everything() == before


def committed():
    """Do what waits for the commit, which in a test never comes."""
    return TestCase.captureOnCommitCallbacks(execute=True)


def one_of(things, number):
    return things[number % len(things)]


def row_of(life):
    return Contribution.objects.get(pk=life.pk)


def token(life):
    return tokens.token_for(life.sent["form_key"])


def tidy(kind, payload, *, has_files=False):
    """The payload as its form gives it on."""
    form = form_for(kind).of(payload, has_files=has_files)
    assert form.is_valid(), list(form.problems())
    return form.payload()
