"""The desk of a contributor: all forms of one page as one, and the files that lie there until they are sent."""

import json
import uuid

from django.core import signing
from django.db import transaction
from django.db.models import F, Sum
from django.forms.utils import ErrorDict, ErrorList
from django.utils.translation import gettext_lazy as _

from contributions import duplicates, prefill, screening
from contributions.forms import UploadForm, VersionForm, form_for, sender_form_for
from contributions.models import Contribution, ContributionFile, Draft
from contributions.models.contribution import Intent
from contributions.moderation import discard, held_files
from resourcecenter.core import limits

SALT = "contributions.base"

QUOTA_BYTES = 2 * 1024**3
"""How much may wait in the private storage, so that strangers cannot fill the disk."""

FULL = _("So many files are waiting to be read that no more can be taken in now. Give a link, or come back tomorrow.")


class Desk:
    """What is being written: a new entry, a correction or a problem, or (with ``contribution``) a change to one.

    Reads the request's POST, or else begins with what is public (``record``), was sent (``contribution``) or was
    saved (``draft``).
    """

    def __init__(self, request, *, intent, kind, record=None, contribution=None, draft=None):
        data, uploads = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        # Asked before a file is looked at, which is what costs.
        self.wait_s = limits.wait_s(request, limits.UPLOAD) if uploads else 0
        if self.wait_s:
            uploads = None
        self.intent, self.kind, self.record, self.contribution, self.draft = intent, kind, record, contribution, draft
        self.form_class = form_for(kind, intent)
        # Before the form is bound to the record, which changes it in memory.
        self.public = self._public()
        self.last_form = self._last_form(data)
        self.form_key = contribution.form_key if contribution else self._form_key()
        # What came by this form before, if it is sent again: by a double click, a reload, or the back button.
        self.sent = None if contribution else Contribution.objects.filter(form_key=self.form_key).first()
        is_begun = data is not None or draft or contribution or intent != Intent.NEW
        self.prefill = prefill.NOTHING if is_begun else prefill.read(kind, request.GET)
        self.upload_form = None
        if self.form_class.takes_files and intent == Intent.NEW:
            self.upload_form = UploadForm(data, uploads, here=self._files_here())
            self.upload_form.is_valid()
        self.record_form = self.form_class(data, initial=self._initial(), **self._instance(), has_files=self.has_files)
        self.base = self._base(data)

    def _public(self):
        if self.intent != Intent.CORRECTION:
            return {}
        # A record that was retired is what its correction was compared with.
        return self.form_class.payload_of(self.record) if self.record else self.contribution.base

    def _base(self, data) -> dict:
        """The fields as the sender of a correction saw them when they began."""
        if self.contribution:
            return self.contribution.base
        if data:
            seen = _read(data.get("base", ""))
            # A field may have come or gone with a new release of the portal.
            return seen if seen.keys() == self.public.keys() else self.public
        return self.draft.data["base"] if self.draft else self.public

    @property
    def signed_base(self) -> str:
        # As plain text, which the compression of the page finds again in the fields.
        return signing.Signer(salt=SALT).sign(json.dumps(self.base, ensure_ascii=False))

    def _last_form(self, data):
        if self.contribution:
            return VersionForm(data, initial=self.contribution.version._asdict())
        saved = self.draft and {"form_key": self.draft.form_key, **_single(self.draft.data, "you-")}
        return sender_form_for(self.intent, self.kind)(data, initial=saved or None)

    def _form_key(self) -> uuid.UUID:
        if not self.last_form.is_bound:
            return self.last_form["form_key"].value()
        self.last_form.is_valid()
        return uuid.UUID(str(self.last_form.cleaned_data.get("form_key") or self.last_form["form_key"].value()))

    def _files_here(self):
        """What came by this form, sent or held; each content once, as a form that is sent twice at once brings two."""
        files = ContributionFile.objects.filter(form_key=self.form_key)
        here = {}
        for file in files.order_by(F("contribution").asc(nulls_last=True), "pk"):
            here.setdefault(file.sha256, file)
        return list(here.values())

    def renew_key(self) -> None:
        """Let the form be one of its own: what was sent by it before keeps its files, what was held goes along."""
        held = held_files(self.form_key)
        self.last_form.renew_key()
        self.form_key, self.sent = uuid.UUID(self.last_form["form_key"].value()), None
        held.update(form_key=self.form_key)
        if self.upload_form:
            self.upload_form.show(self._files_here())

    def _initial(self):
        if self.contribution:
            return self.contribution.payload
        return self.draft.data["record"] if self.draft else {**self.public, **self.prefill.initial}

    def _instance(self):
        return {"instance": self.record} if self.is_of_a_public_record else {}

    @property
    def is_of_a_public_record(self) -> bool:
        return self.intent == Intent.CORRECTION and self.record is not None

    @property
    def forms(self):
        return [form for form in (self.record_form, self.upload_form, self.last_form) if form]

    @property
    def files(self) -> list[ContributionFile]:
        """What is to be sent: files that were here and stay, and new ones."""
        return [*self.upload_form.kept, *self.upload_form.accepted_files] if self.upload_form else []

    @property
    def has_files(self) -> bool:
        public = self.is_of_a_public_record and self.form_class.takes_files and self.record.attachments.exists()
        # A file that is wrong has its own error; to ask for one as well would confuse.
        return public or bool(self.files) or bool(self.upload_form and self.upload_form.has_errors)

    def is_valid(self) -> bool:
        # All of them, so that every error shows at once.
        valid = [form.is_valid() for form in self.forms]
        if all(valid) and self.intent == Intent.CORRECTION and self.record_form.payload() == self.base:
            self.record_form.add_error(None, _("Nothing has been changed yet. Change what is wrong, then send it."))
            return False
        return all(valid)

    def problems(self) -> list[dict]:
        """Every error with the id of the field that can mend it."""
        return [problem for form in self.forms if form.is_bound for problem in form.problems()]

    def hold_files(self) -> None:
        """Keep the files that were chosen, whatever else is wrong with the form, and let go of those to be removed.

        The files of a contribution that was sent before stay until its change is accepted.
        """
        if not self.upload_form:
            return
        new = self.upload_form.accepted_files
        waiting = ContributionFile.objects.waiting().aggregate(Sum("size"))["size__sum"] or 0
        if new and waiting + sum(file.size for file in new) > QUOTA_BYTES:
            self.upload_form.add_error("file", FULL)
            return
        known = {file.sha256 for file in self.upload_form.kept}
        removed = {file.sha256 for file in self.upload_form.here} - known
        with transaction.atomic():
            # Only what was ticked: the same form sent at the same moment holds files that this page did not know.
            for file in held_files(self.form_key).filter(sha256__in=removed):
                discard(file)
            for file in new:
                file.form_key = self.form_key
                if file.sha256 not in known:
                    known.add(file.sha256)
                    file.save()
        self.upload_form.show(self._files_here())

    def add_row(self, prefix: str) -> None:
        if prefix in self.record_form.rows:
            self.record_form.rows[prefix].with_one_more()

    def forgive(self, *forms) -> None:
        """Take what is wrong or missing for unfinished: the forms, or all, show no error as they are drawn next."""
        for form in forms:
            form._errors = ErrorDict()
        if forms:
            return
        groups = self.record_form.rows.values()
        for form in [*self.forms, *(line for rows in groups for line in rows)]:
            form._errors = ErrorDict()
        for rows in groups:
            rows._errors, rows._non_form_errors = [], ErrorList()

    @property
    def moved_fields(self) -> list[str]:
        """The labels of the fields that others changed in public, too, since their correction was begun."""
        payload = self.record_form.payload()
        moved = [name for name, seen in self.base.items() if payload[name] != seen and self.public[name] != seen]
        return [self.record_form.facts()[name][0] for name in moved]

    def accept_what_is_public(self) -> None:
        """Take it that the sender knows by now what others changed."""
        self.base = {name: self._known(name, seen) for name, seen in self.base.items()}

    def _known(self, name, seen):
        return seen if self.record_form.payload()[name] == seen else self.public[name]

    def signals(self) -> list:
        """What the way in which the form was filled in tells, as a program does it otherwise than a person."""
        how = {"filled_in_s": self.last_form.filled_in_s, "is_trap_filled": self.last_form.is_trap_filled}
        return screening.spam_hints({}, **how)

    def duplicates(self):
        """What is public or waiting and looks like this; for new entries only."""
        if self.intent != Intent.NEW:
            return []
        payload = self.record_form.payload()
        return duplicates.find(
            self.kind,
            title=self.record_form.title(),
            url=payload.get("url", ""),
            checksums=[file.sha256 for file in self.files],
            besides=self.form_key,
        )

    def submission(self) -> dict:
        """The arguments of moderation.submit for what was accepted."""
        return {
            "payload": self.record_form.payload(),
            "title": self.title(),
            "kind": self.kind,
            "intent": self.intent,
            "record": self.record,
            "base": self.base,
            "sender": self.last_form.sender(),
            "note": self.last_form.cleaned_data.get("note", ""),
            "form_key": self.form_key,
            "files": self.files,
            "signals": self.signals(),
        }

    def title(self) -> str:
        own = self.record_form.title()
        if self.intent != Intent.PROBLEM:
            return own
        return f"{own}: {self.record}"[:300] if self.record else self.contribution.title

    def save_draft(self, token_hash: str) -> Draft:
        """Keep everything as it was typed, right or wrong."""
        you = {f"you-{name}": self.last_form[name].value() for name in self.last_form.fields if name != "form_key"}
        values = {
            "intent": self.intent,
            "kind": self.kind,
            "record_key": self.record and self.record.pk,
            "token_hash": token_hash,
            "email": self.last_form.cleaned_data["email"],
            "data": {"record": self.record_form.typed(), "base": self.base, **you},
        }
        draft, _is_new = Draft.objects.update_or_create(form_key=self.form_key, defaults=values)
        return draft


def drop_draft(contribution: Contribution) -> None:
    """Forget the draft that has become a contribution."""
    Draft.objects.filter(form_key=contribution.form_key).delete()


def _read(signed: str) -> dict:
    """What the form says that its sender saw; nothing where it was not this site that wrote it."""
    try:
        return json.loads(signing.Signer(salt=SALT).unsign(signed))
    except signing.BadSignature:
        return {}


def _single(data: dict, prefix: str) -> dict:
    return {name.removeprefix(prefix): value for name, value in data.items() if name.startswith(prefix)}
