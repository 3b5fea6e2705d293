"""Topics: one vocabulary, however its words are written, and merging two of them into one."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections

from catalogue.models import FormerAddress, Network, Topic
from catalogue.topics import TopicsField
from contributions.forms import form_for
from contributions.merging import CannotMerge, merge
from contributions.models import Resource
from resourcecenter.core import history, search
from resourcecenter.core.tables.cells import cell_for
from resourcecenter.loading import load
from tests.factories import make_curator, make_moderator, make_network, make_payload, make_resource, make_topic

pytestmark = pytest.mark.django_db


def topics_of(record):
    return sorted(record.tags.values_list("name", flat=True))


def found(text):
    return {(hit.kind, hit.key) for hit in search.search(text, kinds=["resource", "network"]).hits}


# --- One vocabulary -----------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["facilitation", "Facilitation ", "  FACILITATION", "Facilitátion", "moderating"])
def test_a_topic_given_in_words_is_the_same_however_it_is_written(text):
    topic = make_topic("Facilitation", synonyms="moderating, hosting")
    resource = make_resource()
    resource.tags.add(text)
    assert list(resource.tags.all()) == [topic]
    assert Topic.objects.count() == 1
    assert cell_for(Resource._meta.get_field("tags")).clean(text) == [topic]


@pytest.mark.parametrize("name", ["facilitation", "Facilitation ", "Facilitátion"])
def test_there_is_no_second_topic_of_the_same_name(name):
    make_topic("Facilitation")
    with pytest.raises(ValidationError) as refusal:
        make_topic(name, slug="other")
    assert refusal.value.message_dict == {"name": ["There is the topic “Facilitation” already."]}


def test_a_topic_of_a_new_address_is_found_at_the_former_ones(client):
    topic = make_topic("Facilitation", slug="first")
    for slug in ("second", "third"):
        topic.slug = slug
        topic.save()
    for former in ("first", "second"):
        answer = client.get(f"/topics/{former}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/topics/third/")
    assert client.get("/topics/third/").status_code == 200


def test_a_topic_may_have_an_old_address_of_its_own_again(client):
    topic = make_topic("Facilitation", slug="first")
    for slug in ("second", "first"):
        topic.slug = slug
        topic.full_clean()
        topic.save()
    assert client.get("/topics/first/").status_code == 200
    assert client.get("/topics/second/").headers["Location"] == "/topics/first/"


def test_no_other_topic_may_take_a_former_address():
    topic = make_topic("Facilitation", slug="first")
    topic.slug = "second"
    topic.save()
    with pytest.raises(ValidationError, match="leads to the topic “Facilitation”"):
        make_topic("Something else", slug="first")


def test_a_curator_gives_a_topic_a_new_address(client):
    topic = make_topic("Facilitation", slug="first")
    resource = make_resource(tags=[topic])
    client.force_login(make_curator())
    change = f"/admin/catalogue/topic/{topic.pk}/change/"
    seen = history.latest(topic)
    client.post(change, {"name": "Facilitation", "slug": "second", "group": "topic", "seen": seen})
    assert client.get("/topics/first/").headers["Location"] == "/topics/second/"
    assert search.search(kinds=["resource"], facets={"topic": ["second"]}).hits[0].key == resource.pk


# --- Merging ------------------------------------------------------------------------------------


@pytest.fixture
def pair():
    """Two topics for the same, with records that carry one of them or both."""
    stays = make_topic("Facilitation", slug="facilitation", synonyms="hosting")
    goes = make_topic("Moderating groups", slug="moderating", synonyms="Hosting, animation")
    both = make_resource("both", tags=[stays, goes])
    only = make_resource("only", tags=[goes])
    network = make_network("network", tags=[goes])
    return stays, goes, [both, only, network]


def test_what_carried_a_topic_carries_the_one_that_stays(pair):
    stays, goes, records = pair
    merge([goes], into=stays)
    assert [topics_of(record) for record in records] == [["Facilitation"]] * 3
    assert not Topic.objects.filter(pk=goes.pk).exists()


def test_its_words_become_synonyms_each_once(pair):
    stays, goes, _records = pair
    assert merge([goes], into=stays).synonyms == "hosting, Moderating groups, animation"


def test_the_search_finds_by_the_old_words_and_the_new_facet(pair):
    stays, goes, (both, only, network) = pair
    merge([goes], into=stays)
    everything = {("resource", both.pk), ("resource", only.pk), ("network", network.pk)}
    assert found("facilitation") == found("animation") == everything
    assert {hit.key for hit in search.search(kinds=["resource"], facets={"topic": ["facilitation"]}).hits} == {
        both.pk,
        only.pk,
    }
    assert search.search(kinds=["resource"], facets={"topic": ["moderating"]}).total == 0


def test_the_old_page_leads_to_the_new_one_and_chains_stay_short(client, pair):
    stays, goes, _records = pair
    last = make_topic("Process", slug="process")
    merge([goes], into=stays)
    merge([Topic.objects.get(pk=stays.pk)], into=last)
    for slug in ("moderating", "facilitation"):
        answer = client.get(f"/topics/{slug}/")
        assert (answer.status_code, answer.headers["Location"]) == (301, "/topics/process/")


def test_a_merge_is_one_change_with_its_reason_in_the_history_of_each_entry(pair):
    stays, goes, (_both, only, _network) = pair
    curator = make_curator()
    merge([goes], into=stays, by=curator)
    newest = [history.versions(record)[0] for record in (stays, only)]
    assert {version.number for version in newest} == {history.latest(stays)}
    assert {version.why for version in newest} == {"Merged into “Facilitation”: Moderating groups."}


def test_an_earlier_version_of_the_topic_can_be_put_back_and_old_addresses_still_lead_to_it(client, pair):
    stays, goes, _records = pair
    before = history.latest(stays)
    merge([goes], into=stays)
    history.restore(Topic.objects.get(pk=stays.pk), at=before)
    assert Topic.objects.get(pk=stays.pk).synonyms == "hosting"
    assert client.get("/topics/moderating/").headers["Location"] == "/topics/facilitation/"


def test_a_topic_is_not_merged_into_itself(pair):
    stays, goes, _records = pair
    with pytest.raises(CannotMerge, match="into itself"):
        merge([stays, goes], into=stays)
    assert Topic.objects.count() == 2


@pytest.mark.parametrize("gone", [0, 1])
def test_nothing_happens_where_one_of_them_is_gone(pair, gone):
    names = ["Facilitation", "Moderating groups"]
    Topic.objects.get(pk=pair[gone].pk).delete()
    with pytest.raises(CannotMerge, match=f"{names[gone]} is no longer here"):
        merge([pair[1]], into=pair[0])
    assert Topic.objects.count() == 1
    assert FormerAddress.objects.count() == 0


def test_nothing_happens_where_the_words_do_not_fit(pair):
    stays, goes, records = pair
    Topic.objects.filter(pk=goes.pk).update(synonyms=", ".join(f"word {number}" for number in range(110)))
    with pytest.raises(ValidationError):
        merge([goes], into=stays)
    assert topics_of(records[1]) == ["Moderating groups"]


def test_what_was_sent_before_a_merge_means_the_topic_that_stayed(pair):
    stays, goes, _records = pair
    merge([goes], into=stays)
    field = TopicsField()
    assert list(field.clean(["moderating", "facilitation"])) == [stays]
    assert field.prepare_value(["moderating"]) == ["facilitation"]
    with pytest.raises(ValidationError):
        field.clean(["never-was"])


def test_a_form_that_names_a_merged_topic_still_fits(pair):
    stays, goes, _records = pair
    merge([goes], into=stays)
    form = form_for("resource").of(make_payload(tags=["moderating"]))
    assert form.is_valid(), form.errors
    assert form.payload()["tags"] == ["facilitation"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs two transactions at once")
def test_of_two_merges_at_once_the_second_is_told(pair):
    stays, goes, _records = pair
    third = make_topic("Third")
    said, start = [], threading.Barrier(2)

    def do(into):
        start.wait()
        try:
            merge([goes], into=into)
        except CannotMerge as refusal:
            said.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=[into]) for into in (stays, third)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(said) == 1
    assert "Moderating groups is no longer here" in said[0]


# --- The page -----------------------------------------------------------------------------------


def test_a_curator_merges_topics_from_the_list(client, pair):
    stays, goes, records = pair
    client.force_login(make_curator())
    chosen = {"action": "merge", "_selected_action": [stays.pk, goes.pk]}
    page = client.post("/admin/catalogue/topic/", chosen, follow=True)
    assert "Moderating groups (3 entries carry it)" in page.content.decode()
    assert "Facilitation (one entry carries it)" in page.content.decode()
    done = client.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"], {"stays": stays.pk}, follow=True)
    assert "What carried one of the others now carries Facilitation." in done.content.decode()
    assert topics_of(records[2]) == ["Facilitation"]


def test_the_page_asks_which_one_stays(client, pair):
    client.force_login(make_curator())
    page = client.post(f"/admin/catalogue/topic/merge/?topic={pair[0].pk}&topic={pair[1].pk}")
    assert "Choose the topic that stays." in page.content.decode()


@pytest.mark.parametrize(
    "address", ["", "?topic=1", "?topic=x&topic=\0", "?topic=999999&topic=999998", f"?topic={9**30}"]
)
def test_the_page_says_when_a_topic_is_no_longer_here(client, pair, address):
    client.force_login(make_curator())
    page = client.get(f"/admin/catalogue/topic/merge/{address}", follow=True)
    assert page.status_code == 200
    assert "no longer here" in page.content.decode()


def test_one_topic_is_not_enough_to_merge(client, pair):
    client.force_login(make_curator())
    chosen = {"action": "merge", "_selected_action": [pair[0].pk]}
    assert "Choose two topics or more" in client.post("/admin/catalogue/topic/", chosen, follow=True).content.decode()


def test_a_moderator_cannot_merge(client, pair):
    client.force_login(make_moderator())
    assert client.get(f"/admin/catalogue/topic/merge/?topic={pair[0].pk}&topic={pair[1].pk}").status_code == 403


def test_content_files_that_name_a_merged_topic_mean_the_one_that_stayed(tmp_path):
    write = tmp_path.joinpath
    write("topics.yaml").write_text("- {slug: one, name: One}\n- {slug: two, name: Two}\n")
    write("networks.yaml").write_text("- {slug: groove, name: GROOVE, summary: What it learnt., tags: [one, two]}\n")
    load(tmp_path)
    merge([Topic.objects.get(slug="two")], into=Topic.objects.get(slug="one"))
    report = load(tmp_path)
    assert report["networks"].unchanged == 1
    assert report["topics"].removed == 1
    write("networks.yaml").write_text("- {slug: other, name: Other, summary: What it learnt., tags: [two]}\n")
    load(tmp_path)
    assert topics_of(Network.objects.get(slug="other")) == ["One"]
