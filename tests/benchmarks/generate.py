"""Fill the configured database with made-up records, for measuring: ``python -m tests.benchmarks.generate 10000 1000``.

The words are those of the initial content, drawn by their frequency, so that searches meet a real vocabulary; one in 25
is put together from halves of two of them, as real texts go on bringing names and rare words. There are half as many
organizations as networks, and three learning questions a network. The same numbers always make the same records.
"""

import argparse
import os
import random
import re
from datetime import timedelta
from itertools import islice
from pathlib import Path

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "resourcecenter.settings")
    django.setup()

from django.utils import timezone

from catalogue.models import (
    Deliverable,
    LearningQuestion,
    Membership,
    Network,
    NetworkSource,
    Organization,
    TaggedNetwork,
    Topic,
)
from contributions.models import Resource, ResourceSource, TaggedResource
from phases.models import Level, Phase
from resourcecenter.core.history import change

BATCH = 1000
COUNTRIES = [
    "KE",
    "UG",
    "ET",
    "TZ",
    "MW",
    "SL",
    "NE",
    "KH",
    "JM",
    "KG",
    "PE",
    "CD",
    "CI",
    "US",
    "GB",
    "IN",
    "BD",
    "NP",
    "PH",
    "ID",
    "BR",
    "CO",
    "BO",
    "GT",
    "HN",
    "NI",
    "MX",
    "GH",
    "NG",
    "SN",
    "ML",
    "BF",
]
LANGUAGES = ["en"] * 8 + ["es", "fr", "pt", "ar"]
CONTENT = Path(__file__).resolve().parent.parent.parent / "fixtures"


class Words:
    """Runs of words from the vocabulary of the initial content, with RARE of them made up."""

    RARE = 1 / 25

    def __init__(self, rng):
        self.rng = rng
        text = " ".join(path.read_text() for path in sorted(CONTENT.glob("*.yaml")))
        self.words = re.findall(r"[A-Za-z]{3,}", text)

    def some(self, least, most):
        words = self.rng.choices(self.words, k=self.rng.randint(least, most))
        return " ".join(self._rare(word) if self.rng.random() < self.RARE else word for word in words)

    def _rare(self, word):
        return word[: len(word) // 2 + 1] + self.rng.choice(self.words)[-4:].lower()


def generate(resources: int, networks: int) -> None:
    """Add made-up resources, networks and organizations to the initial content, which must be loaded, and index all."""
    rng = random.Random(resources + networks)
    words = Words(rng)
    with change("Made up"):  # one, so that each record is indexed once
        _organizations(rng, words, networks // 2)
        _networks(rng, words, networks)
        _resources(rng, words, resources)


def _organizations(rng, words, how_many):
    for numbers in _batches(how_many):
        Organization.objects.bulk_create(
            Organization(
                slug=f"made-up-organization-{number}",
                name=f"{words.some(2, 4).title()} {number}"[:200],
                kind=rng.choice(Organization.Kind.values),
                country=rng.choice(COUNTRIES),
            )
            for number in numbers
        )


def _networks(rng, words, how_many):
    organizations = list(Organization.objects.all())
    topics = list(Topic.objects.all())
    for numbers in _batches(how_many):
        made = Network.objects.bulk_create(_network(rng, words, n) for n in numbers)
        TaggedNetwork.objects.bulk_create(
            TaggedNetwork(content_object=network, tag=topic) for network in made for topic in rng.sample(topics, 4)
        )
        Membership.objects.bulk_create(
            Membership(network=network, organization=organization, role=rng.choice(Membership.Role.values))
            for network in made
            for organization in rng.sample(organizations, 8)
        )
        LearningQuestion.objects.bulk_create(
            LearningQuestion(network=network, text=words.some(8, 20) + "?", position=position)
            for network in made
            for position in range(3)
        )
        Deliverable.objects.bulk_create(
            Deliverable(network=network, title=words.some(3, 8), level=rng.choice(Level.values), position=position)
            for network in made
            for position in range(5)
        )
        NetworkSource.objects.bulk_create(
            NetworkSource(network=network, url=f"https://example.org/source/{network.pk}") for network in made
        )


def _network(rng, words, number):
    year = rng.randint(1995, 2024)
    network = Network(
        slug=f"made-up-network-{number}",
        name=f"{words.some(2, 5).title()} network {number}"[:200],
        kind=rng.choice(Network.Kind.values),
        summary=words.some(12, 25)[:500],
        description=words.some(60, 140),
        starts=str(year),
        ends=str(year + rng.randint(1, 6)) if rng.random() < 0.6 else "",
        countries=rng.sample(COUNTRIES, rng.randint(0, 4)),
        levels=Level.values[: rng.randint(0, 3)],
        added_at=timezone.now() - timedelta(minutes=number),
    )
    network.clean()
    return network


def _resources(rng, words, how_many):
    phases, topics = list(Phase.objects.all()), list(Topic.objects.all())
    networks = list(Network.objects.values_list("pk", flat=True))
    for numbers in _batches(how_many):
        made = Resource.objects.bulk_create(_resource(rng, words, n, networks) for n in numbers)
        Resource.phases.through.objects.bulk_create(
            Resource.phases.through(resource=resource, phase=phase)
            for resource in made
            for phase in rng.sample(phases, rng.randint(1, 3))
        )
        TaggedResource.objects.bulk_create(
            TaggedResource(content_object=resource, tag=topic)
            for resource in made
            for topic in rng.sample(topics, rng.randint(1, 4))
        )
        ResourceSource.objects.bulk_create(
            ResourceSource(resource=resource, url=f"https://example.org/source/{resource.pk}") for resource in made
        )


def _resource(rng, words, number, networks):
    return Resource(
        slug=f"made-up-resource-{number}",
        kind=rng.choice(Resource.Kind.values),
        title=f"{words.some(3, 9).capitalize()} {number}"[:200],
        summary=words.some(20, 50)[:500],
        body=words.some(30, 120),
        url=f"https://example.org/{number}",
        format=rng.choice(Resource.Format.values),
        authors=words.some(2, 4).title(),
        publisher=words.some(1, 3).title(),
        date=str(rng.randint(1998, 2026)),
        language=rng.choice(LANGUAGES),
        countries=rng.sample(COUNTRIES, rng.randint(0, 2)),
        network_id=rng.choice(networks) if networks and rng.random() < 0.5 else None,
        added_at=timezone.now() - timedelta(minutes=number),
    )


def _batches(how_many):
    numbers = iter(range(how_many))
    while batch := list(islice(numbers, BATCH)):
        yield batch


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("resources", type=int)
    parser.add_argument("networks", type=int)
    arguments = parser.parse_args()
    generate(arguments.resources, arguments.networks)
