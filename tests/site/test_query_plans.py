"""Where there are thousands of records, no page reads a whole table of them, as PostgreSQL tells of its plans."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.models import Membership, Network, Organization, TaggedNetwork
from contributions.models import Resource, TaggedResource
from resourcecenter.core.search.index import IndexedDocument
from resourcecenter.core.search.postgresql import BY_INDEX
from tests.factories import make_network, make_phase, make_resource, make_topic

HOW_MANY = 3000
PAGES = {
    "home": "/",
    "phase": "/phases/phase-1/",
    "resources": "/resources/",
    "resources, page 9": "/resources/?page=9",
    "resources, oldest first": "/resources/?sort=earliest",
    "resources by topic": "/resources/?topic=rare",
    "resource": "/resources/rare/",
    "resources by words": "/resources/?q=rare",
    "networks": "/networks/",
    "networks by topic": "/networks/?topic=rare",
    "network": "/networks/rare/",
    "organization": "/organizations/one-1/",
    "topic": "/topics/rare/",
    "search": "/search/?q=rare",
    "search for a common word": "/search/?q=one",
    "search for a phrase": "/search/?q=%22one%20two%22",
    "search without a word": "/search/?q=rare%20-common",
    "search for any word": "/search/?q=what%20rare%20things%20are%20common",
    "search with filters": "/search/?q=one&type=resource&language=en",
    "search, newest first": "/search/?q=rare&sort=newest",
    "suggestions": "/search/suggest/?q=rar",
    "feed": "/resources.atom",
}
MODELS = [
    Resource,
    Resource.phases.through,
    TaggedResource,
    Network,
    TaggedNetwork,
    Organization,
    Membership,
    IndexedDocument,
]
COUNT = "SELECT count(*) FROM core_indexeddocument"
"""How long a whole list is; to count means to read, be it an index."""

LARGE = {model._meta.db_table for model in MODELS}


@pytest.fixture
def thousands(db):
    """Thousands of resources and networks that are much alike, and one of each that is not."""
    phase, common, rare = make_phase(1), make_topic("Common"), make_topic("Rare")
    make_resource("One", slug="one", phases=[phase], tags=[common])
    network = make_network("One", slug="one", members=1, tags=[common])
    slug, name = {"slug": "slug || '-' || n"}, {"name": "name || ' ' || n"}
    _multiply(Resource, slug | {"added_at": "added_at - n * interval '1 minute'"})
    _multiply(Network, slug | name)
    Organization.objects.update(slug="one")
    _multiply(Organization, slug | name)
    _multiply(Resource.phases.through, {"resource_id": "resource_id + n"})
    _multiply(TaggedResource, {"content_object_id": "content_object_id + n"})
    _multiply(TaggedNetwork, {"content_object_id": "content_object_id + n"})
    _multiply(Membership, {"network_id": "network_id + n", "organization_id": "organization_id + n"})
    _multiply(IndexedDocument, {"key": "key + n * 10"})
    make_resource("Rare", slug="rare", phases=[phase], tags=[rare], network=network)
    make_network("Rare", slug="rare", tags=[rare])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _multiply(model, own):
    """Copy each row of a table HOW_MANY times; ``own`` has SQL for columns of the copies, where n is their number."""
    columns = [field.column for field in model._meta.local_concrete_fields if not field.primary_key]
    values = ", ".join(own.get(column, f'"{column}"') for column in columns)
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    with connection.cursor() as cursor:
        copies = f"SELECT {values} FROM {table}, generate_series(1, {HOW_MANY}) AS n"
        cursor.execute(f"INSERT INTO {table} ({names}) {copies}")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL for its plans")
def test_no_page_reads_a_whole_table_of_thousands(client, thousands):
    read = {}
    for name, address in PAGES.items():
        assert client.get(address).status_code == 200  # what is counted once for all that is public, is remembered now
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        selects = [sql for sql in (query["sql"] for query in queries) if sql.startswith(("SELECT", "WITH", BY_INDEX))]
        read |= {(name, sql): tables for sql in selects if not sql.startswith(COUNT) and (tables := _read_whole(sql))}
    assert [f"{name}: {tables} {sql}" for (name, sql), tables in read.items()] == []


def _read_whole(sql):
    """Large tables that PostgreSQL would read from end to end."""
    as_usual = "SET LOCAL enable_seqscan = on;"  # what a search sets, lasts until the transaction ends
    setting = BY_INDEX if sql.startswith(BY_INDEX) else as_usual
    with connection.cursor() as cursor:
        cursor.execute(f"{setting} EXPLAIN (FORMAT JSON) {sql.removeprefix(BY_INDEX)}")
        ((plans,),) = cursor.fetchall()
    return {node["Relation Name"] for node in _nodes(plans[0]["Plan"]) if node["Node Type"] == "Seq Scan"} & LARGE


def _nodes(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from _nodes(part)
