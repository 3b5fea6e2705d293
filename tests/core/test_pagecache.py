"""What browsers and caches on the way may keep of a page, and for how long it counts as the same."""

from datetime import UTC, datetime

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from resourcecenter.core.pagecache import (
    current_generation,
    no_store_unless_public,
    personal,
    public,
    raise_generation,
    release,
    remembered,
)
from tests.factories import make_network, make_page, make_topic


@public
@require_safe
def shared(request):
    return HttpResponse("for everybody")


@personal
def private(request):
    return HttpResponse("for one")


FOR_EVERYBODY = {"public", "max-age=0", "s-maxage=5", "stale-while-revalidate=55"}


def directives(response):
    return set(response.headers.get("Cache-Control", "").split(", "))


# --- Public pages -------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_public_page_may_be_kept_and_must_be_asked_for_again(rf):
    response = shared(rf.get("/"))
    assert directives(response) == FOR_EVERYBODY
    assert response.headers["ETag"].startswith('W/"')


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "head"])
def test_who_has_the_page_already_gets_304_and_no_body(rf, method):
    etag = shared(rf.get("/")).headers["ETag"]
    response = shared(getattr(rf, method)("/", headers={"if-none-match": etag}))
    assert (response.status_code, response.content, response.headers["ETag"]) == (304, b"", etag)
    assert directives(response) == FOR_EVERYBODY


@pytest.mark.django_db
def test_one_of_several_etags_is_enough(rf):
    etag = shared(rf.get("/")).headers["ETag"]
    response = shared(rf.get("/", headers={"if-none-match": f'"other", {etag}'}))
    assert response.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("odd", ["", "*", "W/", '"', '"x"', "\0", "W/" * 5000, '"\u202e"', ","])
def test_an_odd_etag_gets_the_page(rf, odd):
    assert shared(rf.get("/", headers={"if-none-match": odd})).content == b"for everybody"


@pytest.mark.django_db
def test_a_changed_page_is_sent_anew(rf):
    etag = shared(rf.get("/")).headers["ETag"]
    make_topic()
    response = shared(rf.get("/", headers={"if-none-match": etag}))
    assert (response.status_code, response.content) == (200, b"for everybody")
    assert response.headers["ETag"] != etag


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
def test_the_page_of_yesterday_is_sent_anew_from_midnight_where_the_site_is(rf, settings, monkeypatch, zone):
    settings.TIME_ZONE = zone
    last_second = datetime(2026, 12, 31, 23, 59, 59, tzinfo=timezone.get_default_timezone()).astimezone(UTC)
    monkeypatch.setattr(timezone, "now", lambda: last_second)
    etag = shared(rf.get("/")).headers["ETag"]
    assert shared(rf.get("/", headers={"if-none-match": etag})).status_code == 304
    monkeypatch.setattr(timezone, "now", lambda: last_second.replace(microsecond=999_999))
    assert shared(rf.get("/", headers={"if-none-match": etag})).status_code == 304
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromtimestamp(last_second.timestamp() + 1, UTC))
    assert shared(rf.get("/", headers={"if-none-match": etag})).status_code == 200


@pytest.mark.django_db
def test_a_view_is_told_the_generation_that_was_read_before_it_ran(rf):
    told = []

    @public
    def view(request):
        raise_generation()
        told.append(request.generation)
        return HttpResponse()

    before = current_generation()
    response = view(rf.get("/"))
    assert told == [before]
    assert response.headers["ETag"].startswith(f'W/"{release()}-{before}-')


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_nobody_writes_to_a_public_page_and_the_refusal_is_not_kept(rf, method):
    etag = shared(rf.get("/")).headers["ETag"]
    response = no_store_unless_public(shared)(getattr(rf, method)("/", headers={"if-none-match": etag}))
    assert (response.status_code, directives(response)) == (405, {"private", "no-store"})
    assert not response.has_header("ETag")


@pytest.mark.django_db
@pytest.mark.parametrize("status", [302, 400, 404, 410, 500])
def test_of_a_public_page_only_the_page_itself_is_kept(rf, status):
    view = no_store_unless_public(public(lambda request: HttpResponse(status=status)))
    response = view(rf.get("/"))
    assert directives(response) == {"private", "no-store"}
    assert not response.has_header("ETag")


@pytest.mark.django_db
def test_a_public_page_that_is_not_there_is_still_not_there(rf):
    @public
    def view(request):
        raise Http404

    with pytest.raises(Http404):
        view(rf.get("/"))


# --- Personal pages, and all others -------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_a_personal_page_is_kept_by_nobody_and_told_to_nobody(rf, method):
    response = private(getattr(rf, method)("/"))
    assert directives(response) == {"private", "no-store"}
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not response.has_header("ETag")


def test_what_nobody_declared_public_is_kept_by_nobody(rf):
    response = no_store_unless_public(lambda request: HttpResponse())(rf.get("/"))
    assert directives(response) == {"private", "no-store"}


def test_what_a_view_decided_for_itself_stands(rf):
    view = no_store_unless_public(lambda request: HttpResponse(headers={"Cache-Control": "max-age=60"}))
    assert directives(view(rf.get("/"))) == {"max-age=60"}


PUBLIC_PAGES = ["home", "phases:phases", "catalogue:networks", "catalogue:organizations", "contributions:resources",
                "topics", "search"]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_public_pages_are_the_same_for_everybody(client, admin_client, name):
    make_network()
    address = reverse(name)
    page, again, staff = client.get(address), client.get(address), admin_client.get(address)
    assert directives(page) == FOR_EVERYBODY
    assert page.content == again.content == staff.content
    assert not page.cookies
    assert "cookie" not in page.headers.get("Vary", "").lower()
    assert b"csrfmiddlewaretoken" not in page.content


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_public_pages_answer_304_with_one_question_to_the_database(client, django_assert_num_queries, name):
    make_network()
    address = reverse(name)
    etag = client.get(address).headers["ETag"]
    with django_assert_num_queries(1):  # generation
        response = client.get(address, headers={"if-none-match": etag})
    assert (response.status_code, response.content) == (304, b"")
    make_network()
    assert client.get(address, headers={"if-none-match": etag}).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("name", PUBLIC_PAGES)
def test_public_pages_answer_head_without_a_body(client, name):
    response = client.head(reverse(name))
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["ETag"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/healthz", "/admin/login/", "/contribute/resource/", "/no/such/page/", "/networks/none/"]
)
def test_other_pages_are_kept_by_nobody(client, address):
    make_page("contribute")
    assert "no-store" in directives(client.get(address))


# --- What is remembered -------------------------------------------------------------------------


@pytest.fixture
def counted():
    calls = []

    def compute():
        calls.append(1)
        return len(calls)

    return compute


def test_what_was_computed_is_remembered_for_its_generation(counted):
    assert [remembered("n", counted, generation=1) for _ in range(3)] == [1, 1, 1]
    assert remembered("n", counted, generation=2) == 2
    assert remembered("other", counted, generation=1) == 3
    assert remembered("n", counted, generation=1) == 1


@pytest.mark.django_db
def test_what_was_computed_is_computed_again_after_a_change(counted):
    before = remembered("n", counted, generation=current_generation())
    assert remembered("n", counted, generation=current_generation()) == before
    make_topic()
    assert remembered("n", counted, generation=current_generation()) == before + 1


@pytest.mark.django_db
def test_what_was_computed_outlives_a_change_that_was_rolled_back(counted):
    before = remembered("n", counted, generation=current_generation())
    with transaction.atomic():
        make_topic()
        transaction.set_rollback(True)
    assert remembered("n", counted, generation=current_generation()) == before


def test_an_empty_result_is_remembered_too():
    assert remembered("empty", dict, generation=1) == {}
    assert remembered("empty", lambda: {"not": "asked"}, generation=1) == {}


@pytest.mark.parametrize("name", ["labels:resource-network", "shelves:12", "x" * 200])
def test_names_make_keys_that_every_cache_takes(counted, name):
    remembered(name, counted, generation=2**63)  # a key that memcached would refuse warns, and warnings are errors
    assert cache.get(f"{release()}:{name}:{2**63}") == 1
