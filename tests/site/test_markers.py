"""Nothing that is not published shows anywhere in public: each word of it is a marker, and everything is read.

A new address that an anonymous visitor can ask for must be added to GUESSES, or the first test fails.
"""

import html
import io
import itertools
import re
import unicodedata
import uuid
import zipfile
from urllib.parse import urlsplit

import pytest
from django.core.files.storage import storages
from django.http import QueryDict
from django.urls import get_resolver
from django.utils.datastructures import MultiValueDict

from contributions import moderation, privacy, tokens
from contributions.forms import UploadForm, form_for
from contributions.models import Attachment, Contribution, ContributionFile, Draft, Resource
from contributions.models.contribution import RECORDS, Intent, Kind, Sender
from phases.models import GlossaryTerm
from resourcecenter.core import limits
from resourcecenter.core.public import retire
from tests.contributions.states import State, act, everything
from tests.factories import (
    PDF,
    form_data,
    make_contribution,
    make_moderator,
    make_network,
    make_page,
    make_phase,
    make_resource,
    make_topic,
    make_upload,
    make_user,
    sender_data,
)
from tests.site.test_privacy import whole_database, whole_storages

pytestmark = pytest.mark.django_db
NOWHERE = "mq999999x"
"""A word of the same shape that never was anywhere."""

MARKER = re.compile(rb"mq\d{6}x")
LINK = re.compile(r'(?:href|src|action)="([^"#]*)')
MOST_PARAMETERS = 1
UNAPPROVED = [State.PENDING, State.CHANGES_REQUESTED, State.REJECTED, State.WITHDRAWN]
PRIVATE = {"e-mail", "name of sender", "organization of sender", "note", "public note", "internal note"}
INTENTS = [(Intent.NEW, Kind.RESOURCE), (Intent.NEW, Kind.NETWORK), (Intent.CORRECTION, Kind.NETWORK)]
INTENTS += [(Intent.CORRECTION, Kind.RESOURCE), (Intent.PROBLEM, Kind.NETWORK)]


class Words(dict):
    """Markers by what they are for; each is a word of its own."""

    numbers = itertools.count(1)

    def __missing__(self, name):
        self[name] = f"mq{next(self.numbers):06d}x"
        return self[name]

    def person(self, *, wants_credit=False):
        address = f"{self['e-mail']}@example.org"
        return Sender(self["name of sender"], address, self["organization of sender"], wants_credit)


def new_payload(words, kind):
    """A valid payload with a marker in every field that takes text, and in every row."""
    if kind == Kind.RESOURCE:
        text = {name: words[name] for name in ("title", "summary", "body", "authors", "publisher")}
        chosen = {"kind": "tool", "phases": ["phase-1"], "language": "en", "licence": "CC-BY-4.0", "date": "2009"}
        return {**text, **chosen, "url": f"https://{words['host']}.example.org/{words['path']}"}
    text = ["name", "acronym", "summary", "description", "countries_note", "member_note", "resourced_how", "notes"]
    return {
        **{name: words[name] for name in text},
        "kind": "learning_network",
        "ended_undated": "unknown",
        "website": f"https://{words['host']}.example.org/{words['path']}",
        "memberships": [{"organization": words[f"member {n}"], "role": "member"} for n in (1, 2)],
        "learning_questions": [{"text": words["question"], "level": ""}],
        "deliverables": [{"title": words["deliverable"], "url": f"https://example.org/{words['made']}"}],
        "sources": [{"url": f"https://example.org/{words['source']}", "title": words["document"], "facts": "name"}],
    }


def files(words):
    content = PDF + words["content"].encode()
    form = UploadForm(QueryDict(), MultiValueDict({"file": [make_upload(f"{words['file']}.pdf", content)]}))
    assert form.is_valid()
    return form.accepted_files


def contribute(words, intent, kind, *, record=None, wants_credit=False):
    """A pending contribution with a marker in all that a stranger can write."""
    form_class, base = form_for(kind, intent), {}
    if intent == Intent.PROBLEM:
        payload = {"problem": "other", "text": words["text"], "url": f"https://example.org/{words['path']}"}
    else:
        form = form_class.of(new_payload(words, kind), has_files=True)
        assert form.is_valid(), list(form.problems())
        payload = form.payload()
    if intent == Intent.CORRECTION:
        base = form_class.payload_of(record)
    return moderation.submit(
        payload,
        title=payload.get("title") or payload.get("name") or f"Something: {words['title of problem']}",
        kind=kind,
        intent=intent,
        record=record,
        base=base,
        sender=words.person(wants_credit=wants_credit),
        note=words["note"],
        form_key=uuid.uuid4(),
        files=files(words) if (intent, kind) == (Intent.NEW, Kind.RESOURCE) else (),
    )


def move(contribution, state, words, *, by):
    """Bring it where it is to be, with a marker in all that is said of it on the way."""
    if state == State.WITHDRAWN:
        moderation.withdraw(contribution, seen=contribution.version)
    elif state != State.PENDING:
        notes = {"public_note": words["public note"], "internal_note": words["internal note"]}
        if state != State.APPROVED:
            notes["reason"] = words["reason"]
        action = {"changes_requested": "request_changes", "rejected": "reject", "approved": "approve"}[state]
        act(action, contribution, by=by, **notes)


def save_draft(client, words):
    """A saved form with a file, through the form itself."""
    you = sender_data(name=words["name of sender"], email=f"{words['e-mail']}@example.org", note=words["note"])
    upload = make_upload(f"{words['file']}.pdf", PDF + words["content"].encode())
    fields = {name: words[name] for name in ("title", "summary", "body", "authors", "publisher")}
    assert client.post("/contribute/resource/", {**fields, **you, "file": upload, "do": "save"}).status_code == 200
    rows = {"learning_questions-TOTAL_FORMS": "1", "learning_questions-0-text": words["question"]}
    rows |= {f"{name}-TOTAL_FORMS": "0" for name in ("memberships", "deliverables", "sources")}
    rows |= {f"{name}-INITIAL_FORMS": "0" for name in ("memberships", "deliverables", "sources", "learning_questions")}
    you = sender_data(name=words["name of sender"], email=f"{words['e-mail']}@example.org")
    fields = {"name": words["name"], "description": words["description"]}
    assert client.post("/contribute/network/", {**fields, **rows, **you, "do": "save"}).status_code == 200


def hold_file(client, words):
    """A form with an error, whose file waits for it to be sent again."""
    upload = make_upload(f"{words['file']}.pdf", PDF + words["content"].encode())
    assert client.post("/contribute/resource/", {"file": upload, **sender_data(name="")}).status_code == 200


class World:
    """Public records without a marker, and beside them ``hidden``, words of all that is not published."""

    def __init__(self, client):
        self.moderator = make_moderator()
        self.phase, self.topic = make_phase(), make_topic("Plain topic")
        make_page("contribute")
        make_page("about")
        make_page("learning-network")
        GlossaryTerm.objects.create(term="Plain term", slug="plain-term", definition="What it means.")
        self.network = make_network("Plain network", members=1, questions=1, deliverables=1, tags=[self.topic])
        self.resource = make_resource("Plain resource", phases=[self.phase], tags=[self.topic], network=self.network)
        self.hidden, self.erased, self.slugs = Words(), [], []
        self.client = client

    def fill(self):
        """Have everything sent that can be sent, and nothing of it approved."""
        records = {Kind.NETWORK: self.network, Kind.RESOURCE: self.resource}
        for state in UNAPPROVED:
            for intent, kind in INTENTS:
                words = Words()
                record = None if intent == Intent.NEW else records[kind]
                move(contribute(words, intent, kind, record=record), state, words, by=self.moderator)
                self._hide(words, f"{state} {intent} {kind}")
        words = Words()
        save_draft(self.client, words)
        self._hide(words, "draft")
        words = Words()
        hold_file(self.client, words)
        self._hide(words, "held file")

    def erase_and_retire(self):
        """What was known once and is gone: erased before a decision, and retired after one."""
        words = Words()
        privacy.erase(contribute(words, Intent.NEW, Kind.RESOURCE))
        self.erased += words.values()
        self.retired = Words()
        contribution = contribute(self.retired, Intent.NEW, Kind.RESOURCE, wants_credit=True)
        move(contribution, State.APPROVED, self.retired, by=self.moderator)
        self.former = Resource.objects.get(title=self.retired["title"])
        self.former_file = self.former.attachments.get()
        retire(self.former, reason="Too old.")
        # What stays of a retired record is its title, at its old address.
        self._hide({name: word for name, word in self.retired.items() if name != "title"}, "retired")

    def _hide(self, words, what):
        for name, word in words.items():
            self.hidden[f"{name} of {what}"] = word


@pytest.fixture
def world(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        world = World(client)
        world.erase_and_retire()
    return world


# --- Everything public --------------------------------------------------------------------------

SLUGS = ["phase-1", "plain-topic", "about", "plain-term", NOWHERE]
TOKENS = [NOWHERE, "1", "../1"]
NUMBERS = [str(number) for number in range(1, 10)]
KINDS = list(RECORDS)


def file_numbers():
    """The number of each stored file, and one that no file has."""
    stored = {pk for model in (ContributionFile, Attachment) for pk in model.objects.values_list("pk", flat=True)}
    return ["4711", *map(str, sorted(stored))]


GUESSES = {
    "home": {},
    "phase": {"slug": SLUGS},
    "network": {"slug": SLUGS},
    "topics": {},
    "topic": {"slug": SLUGS},
    "search": {},
    "suggest": {},
    "search_feed": {},
    "search_csv": {},
    "resources_feed": {},
    "resources_csv": {},
    "networks_feed": {},
    "networks_csv": {},
    "coverage": {},
    "deliverables": {},
    "markdown_preview": {},
    "healthz": {},
    "readyz": {},
    "metrics": {},
    "favicon": {},
    "identity_css": {"version": ["x"]},
    "identity_logo": {"version": ["x"]},
    "robots_txt": {},
    "styleguide": {},
    "speculation_rules": {},
    "phases:overview": {},
    "phases:phases": {},
    "phases:glossary": {},
    "phases:which_form": {},
    "phases:page": {"slug": SLUGS},
    "phases:accessibility": {},
    "catalogue:networks": {},
    "catalogue:network_table": {},
    "catalogue:network_xlsx": {},
    "catalogue:network_timeline": {},
    "catalogue:network_map": {},
    "catalogue:network_members": {},
    "learning_questions": {},
    "catalogue:organizations": {},
    "catalogue:organization": {"slug": SLUGS},
    "contributions:resources": {},
    "contributions:resource": {"slug": SLUGS},
    "contributions:file": {"pk": file_numbers, "name": ["x"]},
    "contributions:guidelines": {},
    "contributions:how_we_moderate": {},
    "contributions:contribute": {},
    "contributions:contribute_network": {},
    "contributions:correct": {"kind": KINDS, "slug": [NOWHERE]},
    "contributions:report_problem": {"kind": KINDS, "slug": [NOWHERE]},
    "contributions:draft": {"token": TOKENS},
    "contributions:lost_link": {},
    "contributions:status": {"token": TOKENS},
    "contributions:preview": {"token": TOKENS},
    "contributions:own_file": {"token": TOKENS, "file_pk": file_numbers},
    "contributions:revise": {"token": TOKENS},
    "contributions:erase": {"token": TOKENS},
    "contributions:prove_address": {"token": TOKENS},
    "contributions:act": {"token": TOKENS, "action": ["answer", "appeal", "withdraw"]},
    "staff:second_step": {},
    "staff:set_up": {},
    "staff:recovery_codes": {},
    "staff:join": {"token": TOKENS},
    "staff:ask_for_password": {},
    "staff:reset_password": {"token": TOKENS},
}
"""What to try for each part of each address, or what finds it out; of the admin see ADMIN."""

ADMIN = {
    "pk": NUMBERS[:2],
    "object_id": ["1"],
    "id": ["1"],
    "number": ["1"],
    "file_pk": NUMBERS[:2],
    "content_type_id": NUMBERS,
}
PART = re.compile(r"<(?:\w+:)?(\w+)>")


def routes(patterns=None, route="", namespace=""):
    """Every address of the site as (name, route)."""
    for pattern in patterns or get_resolver().url_patterns:
        here = route + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, here, inner)
        elif "(?P<" not in here:
            yield f"{namespace}{pattern.name}", here


def filled(route, parts):
    names = PART.findall(route)
    choices = (parts[name]() if callable(parts[name]) else parts[name] for name in names)
    for values in itertools.product(*choices):
        address = route
        for value in values:
            address = PART.sub(value, address, count=1)
        yield f"/{address}"


def guessed():
    for name, route in routes():
        is_admin = route.startswith("admin/")
        yield from filled(route, ADMIN if is_admin else GUESSES[name])


def body_of(response):
    body, headers = b"".join(response) if response.streaming else response.content, dict(response.headers)
    if body.startswith(b"PK"):  # a workbook: what it says, and not when it was made
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            body = b"".join(package.read(name) for name in package.namelist() if not name.startswith("docProps"))
        headers.pop("Content-Length", None)
    return body + repr(sorted(headers.items())).encode()


def plain_address(link, page):
    """The address of this site that a link on a page leads to; empty for one elsewhere, or with many filters."""
    parts = urlsplit(html.unescape(link))
    path = parts.path or page.partition("?")[0]
    is_too_long = parts.query.count("=") > MOST_PARAMETERS
    if (
        parts.netloc
        or parts.scheme
        or not path.startswith("/")
        or path.startswith(("/static/", "/admin/login/"))
        or is_too_long
    ):
        return ""
    return f"{path}?{parts.query}" if parts.query else path


def crawl(client, *more):
    """Read every address that can be guessed, and all that they link to; return the answers by address."""
    waiting, answers = dict.fromkeys(["/", *guessed(), *more]), {}
    while waiting:
        address = next(iter(waiting))
        del waiting[address]
        response = client.get(address)
        answers[address] = (response.status_code, body_of(response))
        if response.get("Content-Type", "").startswith("text/html"):
            links = LINK.findall(answers[address][1].decode())
            found = (plain_address(link, address) for link in [*links, response.get("Location", "")])
            waiting |= dict.fromkeys(address for address in found if address and address not in answers)
    return answers


def shown(answers, besides=()):
    """Which markers stand in which answers; an answer may repeat those of its own address."""
    return {
        (address, word)
        for address, (_status, body) in answers.items()
        for word in {match.decode() for match in MARKER.findall(body)}
        if word not in {NOWHERE, *besides} and word not in address
    }


def visitor(client, who):
    client.logout()
    if who != "anonymous":
        client.force_login(make_user(who, is_staff=who == "staff without rights"))
    return client


each_visitor = pytest.mark.parametrize("who", ["anonymous", "account", "staff without rights"])


def test_every_address_of_the_site_is_among_those_that_are_read():
    public = {name for name, route in routes() if not route.startswith("admin/")}
    assert public == set(GUESSES)


@each_visitor
def test_nothing_that_is_not_published_shows_anywhere(client, world, who):
    before = crawl(visitor(client, who))  # so that what is remembered was remembered without it
    world.fill()
    database = (whole_database() + whole_storages()).lower()
    assert [name for name, word in world.hidden.items() if word not in database] == []
    assert [word for word in world.erased if word in database] == []
    answers = crawl(client)
    assert len(answers) > len(GUESSES) * 5
    assert shown(answers, besides=[world.retired["title"]]) == set()
    changing = {address for address in before if address.startswith(("/contribut", "/staff", "/admin", "/styleguide"))}
    assert {a for a in before if before[a] != answers.get(a) and a not in changing} == set()


@each_visitor
def test_what_is_approved_shows_and_its_sender_does_not(client, world, who, django_capture_on_commit_callbacks):
    public, private = Words(), Words()
    with django_capture_on_commit_callbacks(execute=True):
        for kind in (Kind.RESOURCE, Kind.NETWORK):
            words = Words()
            move(contribute(words, Intent.NEW, kind), State.APPROVED, words, by=world.moderator)
            for name, word in words.items():
                is_private = name in PRIVATE
                (private if is_private else public)[f"{name} of {kind}"] = word
    answers = crawl(visitor(client, who))
    whole = b"".join(body for _status, body in answers.values())
    assert [name for name, word in public.items() if word.encode() not in whole] == []
    assert len(private) == 12
    assert [name for name, word in private.items() if word.encode() in whole] == []


def test_who_wishes_it_is_named_but_without_the_address(client, world):
    words = Words()
    move(contribute(words, Intent.NEW, Kind.RESOURCE, wants_credit=True), State.APPROVED, words, by=world.moderator)
    whole = b"".join(body for _status, body in crawl(visitor(client, "anonymous")).values())
    found = {name for name, word in words.items() if word.encode() in whole}
    assert {"name of sender", "organization of sender"} <= found
    assert not {"e-mail", "note", "public note", "internal note"} & found


def answers_to(client, word, addresses):
    """What the site answers to a word, without the word itself."""
    got = [client.get(address.format(word)) for address in addresses]
    return [(each.status_code, body_of(each).replace(word.encode(), b"")) for each in got]


def test_no_search_finds_it_and_no_address_gives_it_away(client, world, monkeypatch):
    """For a word that is hidden, the site answers as for a word that never was."""
    monkeypatch.setattr(limits, "_remembered", lambda *_args: 0)  # one visitor may not ask so often
    world.fill()
    visitor(client, "anonymous")
    lists = ["/resources/", "/networks/", "/organizations/"]
    places = [f"{path}{end}" for path in lists for end in ("?q={0}", "?network={0}&topic={0}", "{0}/")]
    places += ["/topics/{}/", "/contribute/problem/network/{}/", "/contribute/correction/resource/{}/"]
    places += ["/contributions/{}/", "/contribute/draft/{}/", "/static/{}", "/media/{}", "/files/99/{}"]
    names = {word for name, word in world.hidden.items() if name.startswith(("title of", "name of", "member"))}
    for addresses, words in ((["/search/?q={}"], world.hidden.values()), (places, names)):
        never = answers_to(client, NOWHERE, addresses)
        assert answers_to(client, "mq999998x", addresses) == never
        assert [word for word in words if answers_to(client, word, addresses) != never] == []


HEADERS = [{}, {"Range": "bytes=0-99"}, {"If-None-Match": "*"}, {"If-Range": '"x"'}]


def test_no_guess_leads_to_a_file_that_waits(client, world):
    world.fill()
    visitor(client, "anonymous")
    stored = [file.file.name for file in ContributionFile.objects.all()]
    assert len(stored) == 7
    name = ContributionFile.objects.last().name
    guesses = [f"/files/{number}/{name}" for number in range(1, 51)]
    folders = ("static", "media", "files", "private", "private-files", "var/private-files", "static/../private-files")
    guesses += [f"/{folder}/{name}" for folder in folders for name in stored]
    ways = itertools.product([client.get, client.head], guesses, HEADERS)
    answers = [ask(guess, headers=headers) for ask, guess, headers in ways]
    assert {answer.status_code for answer in answers} <= {404, 410}
    assert not Attachment.objects.exists()
    private = [storages["private"].base_location.joinpath(name).read_bytes() for name in stored]
    assert not [answer for answer in answers for content in private if content in body_of(answer)]


def test_who_sends_something_alike_is_told_that_and_nothing_else(client, world):
    words = Words()
    contribute(words, Intent.NEW, Kind.RESOURCE)
    typed = {"url": f"https://{words['host']}.example.org/{words['path']}", "title": "Quite something else"}
    page = client.post("/contribute/resource/", {**form_data(phases=["phase-1"]), **typed}).content.decode()
    assert "A contribution that somebody sent on" in page
    assert {name for name, word in words.items() if word in page} == {"host", "path"}


# --- Unknown and unpublished are alike ----------------------------------------------------------


def comparable(response, *words):
    body = response.content
    for word in words:
        body = body.replace(word.encode(), b"")
    # The nonce of a form is new each time.
    body = re.sub(rb'name="(?:csrfmiddlewaretoken|you-\w+)" value="[^"]*"', b"", body)
    return response.status_code, body, sorted(response.headers.items())


def test_what_is_unpublished_answers_like_what_never_was(client, world):
    world.fill()
    visitor(client, "anonymous")
    waiting = Contribution.objects.filter(intent=Intent.NEW).exclude(state=State.APPROVED)
    pairs = [
        (f"/files/{file.pk}/x", "/files/4711/x") for file in ContributionFile.objects.exclude(pk=world.former_file.pk)
    ]
    pairs += [(f"/resources/{one.title}/", f"/resources/{NOWHERE}/") for one in waiting]
    pairs += [(f"/networks/{one.title}/", f"/networks/{NOWHERE}/") for one in waiting]
    hashes = [one.token_hash for one in [*Contribution.objects.all(), *Draft.objects.all()]]
    keys = [str(one.form_key) for one in [*Contribution.objects.all(), *Draft.objects.all()]]
    for secret in [*hashes, *keys, *map(str, range(1, 30))]:
        pairs += [(f"/contributions/{secret}/{page}", f"/contributions/{NOWHERE}/{page}") for page in ("", "revise/")]
        pairs += [(f"/contribute/draft/{secret}/", f"/contribute/draft/{NOWHERE}/")]
    assert len(pairs) > 200
    for known, never in pairs:
        one, other = client.get(known), client.get(never)
        assert one.status_code == 404
        assert comparable(one, known) == comparable(other, never)


def test_a_private_link_opens_nothing_but_its_own_files(client, world):
    world.fill()
    visitor(client, "anonymous")
    with_file = Contribution.objects.filter(files__isnull=False).first()
    others = Contribution.objects.exclude(pk=with_file.pk)
    [file] = with_file.files.all()
    for other in others:
        address = f"/contributions/{tokens.token_for(other.form_key)}/files"
        never = client.get(f"{address}/4711/")
        assert comparable(client.get(f"{address}/{file.pk}/"), f"{file.pk}/") == comparable(never, "4711/")


# --- Taken back ---------------------------------------------------------------------------------


def test_a_retired_record_is_gone_at_once_from_everywhere_but_its_address(client, world):
    words = world.retired
    page, file = client.get(world.former.get_absolute_url()), client.get(world.former_file.get_absolute_url())
    assert (page.status_code, file.status_code) == (410, 410)
    answers = crawl(client, world.former.get_absolute_url(), f"/search/?q={words['summary']}")
    addresses = {address for address, word in shown(answers) if word == words["title"]}
    assert addresses <= {
        world.former.get_absolute_url(),
        world.former_file.get_absolute_url(),
        f"/files/{world.former_file.pk}/x",
    }
    assert {word for _address, word in shown(answers)} <= {words["title"]}
    assert client.get(f"/search/?q={words['title']}").context["listing"].results.total == 0


def test_what_was_public_leaves_every_list_with_its_retirement(client, world):
    words = Words()
    move(contribute(words, Intent.NEW, Kind.RESOURCE), State.APPROVED, words, by=world.moderator)
    visitor(client, "anonymous")
    before = crawl(client)
    assert "/" in {address for address, word in shown(before) if word == words["title"]}
    client.force_login(make_user("curating", "Curator"))
    record = Resource.objects.get(title=words["title"])
    path = f"/admin/contributions/resource/{record.pk}/delete/"
    assert client.post(path, {"reason": "Too old."}).status_code == 302
    visitor(client, "anonymous")
    after = crawl(client, *before)
    left = {address for address, word in shown(after, besides=[world.retired["title"]]) if word in words.values()}
    assert all(after[address][0] == 410 for address in left)


def test_what_its_sender_takes_back_was_never_there(client, world):
    visitor(client, "anonymous")
    before = crawl(client)
    words = Words()
    contribution = contribute(words, Intent.NEW, Kind.RESOURCE)
    address = f"/contributions/{tokens.token_for(contribution.form_key)}/withdraw/"
    assert client.post(address, contribution.version._asdict()).status_code == 302
    contribution.refresh_from_db()
    assert contribution.state == State.WITHDRAWN
    assert shown(crawl(client)) == shown(before)


# --- Private pages, and what cannot be seen -----------------------------------------------------

PRIVATE_PAGES = ["", "preview/", "revise/", "answer/", "withdraw/", "delete-my-data/"]


@pytest.mark.parametrize("page", PRIVATE_PAGES)
def test_a_private_page_is_kept_by_nobody_and_looking_at_it_changes_nothing(client, world, page):
    words = Words()
    contribution = contribute(words, Intent.NEW, Kind.RESOURCE)
    move(contribution, State.CHANGES_REQUESTED, words, by=world.moderator)
    visitor(client, "anonymous")
    address = f"/contributions/{tokens.token_for(contribution.form_key)}/"
    before = everything()
    for _ in range(20):
        answer = client.get(address + page)
        client.head(address + page, headers={"Sec-Purpose": "prefetch"})
    assert everything() == before
    assert "no-store" in answer["Cache-Control"]
    assert (answer["X-Robots-Tag"], answer["Referrer-Policy"]) == ("noindex", "no-referrer")
    assert not re.findall(r'(?:src|<link[^>]*href)="(?:https?:)?//', answer.content.decode())
    assert "contributions/" not in client.get("/robots.txt").content.decode()


def test_public_pages_set_no_cookie_and_load_nothing_from_elsewhere(client, world):
    visitor(client, "anonymous")
    for address in crawl(client):
        answer = client.get(address)
        if "public" in answer.get("Cache-Control", ""):
            loaded = re.findall(rb'(?:src|<link[^>]*stylesheet[^>]*href)="(?:https?:)?//[^"]*', body_of(answer))
            assert (address, dict(answer.cookies), loaded) == (address, {}, [])


UNSEEN = "\u202e\u2066\u200b\u200f\u2069\ufeff\u061c\u00ad"


def test_what_cannot_be_seen_is_taken_out_of_each_row_of_a_network(client, world):
    words = Words()
    payload = new_payload(words, Kind.NETWORK)
    rows = {name: payload.pop(name) for name in ("memberships", "learning_questions", "deliverables", "sources")}
    data = {name: value + UNSEEN if value in words.values() else value for name, value in payload.items()}
    for prefix, lines in rows.items():
        data |= {f"{prefix}-TOTAL_FORMS": len(lines), f"{prefix}-INITIAL_FORMS": 0}
        for number, line in enumerate(lines):
            typed = {name: UNSEEN + value if value in words.values() else value for name, value in line.items()}
            data |= {f"{prefix}-{number}-{name}": value for name, value in typed.items()}
    you = sender_data(name=f"A{UNSEEN}da")
    assert client.post("/contribute/network/", {**data, **you}).status_code == 302
    sent = Contribution.objects.latest("pk")
    stored = repr([sent.title, sent.contributor_name, sent.payload])
    assert [hex(ord(letter)) for letter in UNSEEN if letter in stored or f"\\u{ord(letter):04x}" in stored] == []
    assert sent.contributor_name == "Ada"
    assert [line["organization"] for line in sent.payload["memberships"]] == [words["member 1"], words["member 2"]]


def test_what_cannot_be_seen_is_taken_out_of_the_name_of_a_file(client, world):
    client.post("/contribute/resource/", {"file": make_upload(f"re{UNSEEN}port.pdf"), **sender_data()})
    assert ContributionFile.objects.latest("pk").name == "report.pdf"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Éléments pour un réseau", unicodedata.normalize("NFD", "Éléments pour un réseau")),
        ("Paper on scope", "\u0420\u0430\u0440\u0435\u0440 on \u0455\u0441\u043e\u0440\u0435"),
    ],
    ids=["NFC and NFD", "look-alike letters"],
)
def test_what_differs_by_unseen_spelling_only_is_shown_as_alike_to_the_moderator(client, world, one, other):
    first = make_contribution(title=one, url="https://example.org/one")
    second = make_contribution(title=other, url="https://example.org/two")
    client.force_login(world.moderator)
    page = client.get(f"/admin/contributions/contribution/{second.pk}/change/")
    assert [duplicate.of.pk for duplicate in page.context["duplicates"]] == [first.pk]
    assert first.reference in page.content.decode()
