"""Plain functions that make valid records; they take what matters to a test and choose the rest."""

import itertools
import uuid

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from catalogue.models import Deliverable, LearningQuestion, Membership, Network, Organization, Topic
from contributions import moderation
from contributions.models import Contribution, Resource
from contributions.models.contribution import Sender
from contributions.roles import GROUPS, make_groups
from phases.models import Page, Phase
from resourcecenter.core import identity
from resourcecenter.core.history import change
from resourcecenter.core.pagecache import current_generation

_numbers = itertools.count(1)
PASSWORD = "correct horse battery staple"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def _save(record):
    record.full_clean()
    record.save()
    return record


def remember_identity():
    """What a first page leaves behind: the identity of the site, as of what is public now."""
    identity.current(generation=current_generation())


def make_phase(number=1, **fields):
    defaults = {
        "number": number,
        "name": f"Phase number {number}",
        "slug": f"phase-{number}",
        "summary": "What it is.",
        "purpose": "What it is for.",
    }
    return _save(Phase(**{**defaults, **fields}))


def make_page(slug, **fields):
    defaults = {"slug": slug, "title": f"Page {slug}", "summary": "In short.", "body": "In full."}
    return _save(Page(**{**defaults, **fields}))


def make_topic(name=None, **fields):
    name = name or f"Topic {next(_numbers)}"
    return _save(Topic(**{"name": name, "slug": name.lower().replace(" ", "-"), **fields}))


def make_organization(name=None, **fields):
    number = next(_numbers)
    return _save(Organization(**{"name": name or f"Organization {number}", "slug": f"organization-{number}", **fields}))


@change()
def make_network(name=None, *, members=0, questions=0, deliverables=0, tags=(), **fields):
    number = next(_numbers)
    defaults = {"name": name or f"Network {number}", "slug": f"network-{number}", "summary": "What it learnt."}
    network = _save(Network(**{**defaults, **fields}))
    for _ in range(members):
        _save(Membership(network=network, organization=make_organization()))
    for position in range(questions):
        _save(LearningQuestion(network=network, text=f"Question {position}?", position=position))
    for position in range(deliverables):
        _save(Deliverable(network=network, title=f"Deliverable {position}", level="network", position=position))
    network.tags.set(tags)
    return network


@change()
def make_resource(title=None, *, phases=(), tags=(), **fields):
    number = next(_numbers)
    defaults = {
        "kind": Resource.Kind.TOOL,
        "title": title or f"Resource {number}",
        "slug": f"resource-{number}",
        "summary": "What it is good for.",
        "url": "https://example.org/guide",
    }
    resource = _save(Resource(**{**defaults, **fields}))
    resource.phases.set(phases)
    resource.tags.set(tags)
    return resource


def make_payload(*, phases=(), **fields):
    """A valid payload of the resource form; makes a phase if none is given and none exists."""
    if not phases:
        phases = [Phase.objects.first() or make_phase()]
    defaults = {
        "kind": "story",
        "title": f"Contributed story {next(_numbers)}",
        "summary": "What happened.",
        "body": "",
        "url": "https://example.org/story",
        "phases": [phase.slug for phase in phases],
        "tags": [],
        "network": "",
        "countries": [],
        "language": "en",
        "authors": "",
        "publisher": "",
        "date": "",
        "licence": "",
    }
    return {**defaults, **fields}


def make_contribution(*, files=(), sender=None, **payload) -> Contribution:
    """A pending contribution of a resource."""
    sender = sender or Sender("Ada Contributor", "ada@example.org", "Example Network", wants_credit=False)
    payload = make_payload(**payload)
    return moderation.submit(
        payload,
        title=payload["title"],
        kind=Contribution.Kind.RESOURCE,
        sender=sender,
        form_key=uuid.uuid4(),
        files=files,
    )


def form_data(**fields):
    """What a browser posts to contribute a resource; a field of the sender begins with "you-"."""
    return {**make_payload(), **sender_data(), **fields}


def sender_data(**fields):
    """What a browser posts about who contributes, under the names that the form has."""
    defaults = {
        "name": "Ada Contributor",
        "email": "ada@example.org",
        "organization": "",
        "consent": "on",
        "form_key": str(uuid.uuid4()),
    }
    return {f"you-{name}": value for name, value in {**defaults, **fields}.items()}


def make_user(name="user", *groups, **fields):
    """A member of staff in the named groups; the groups are made again where a test emptied the tables."""
    if Group.objects.count() < len(GROUPS):
        make_groups(apps)
    user = get_user_model().objects.create_user(name, password=PASSWORD, **{"is_staff": True, **fields})
    user.groups.set(Group.objects.filter(name__in=groups))
    return user


def make_moderator(name="moderator"):
    return make_user(name, "Moderator")


def make_curator(name="curator"):
    return make_user(name, "Curator")


def make_upload(name="story.pdf", content=PDF):
    return SimpleUploadedFile(name, content)
