"""Who may open what: each address of the site, for each kind of person, by every method, without any field.

A new address fails the first test until it stands in a line of TABLE. A line reads: the answers to an anonymous
visitor, an account, a member of staff without rights, a moderator, a curator and a superuser, by GET | by POST. One
number stands for all of them alike. HEAD is answered as GET, and PUT and DELETE by 405, but for what OTHERWISE names.
"""

import re
from copy import copy
from functools import cache

import pytest
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import get_resolver
from post_office.models import Email

from contributions import tokens
from contributions.models import Reason, Resource
from phases.models import GlossaryTerm
from resourcecenter.core import history
from resourcecenter.core.identity import SiteIdentity
from resourcecenter.core.missed import MissedSearch
from resourcecenter.core.public import retire
from resourcecenter.staff.models import Deed, Invitation
from tests.factories import (
    make_contribution,
    make_curator,
    make_moderator,
    make_network,
    make_page,
    make_phase,
    make_resource,
    make_topic,
    make_user,
)

TABLE = """
200 | 405 : home phase network topics topic search healthz robots_txt phases:phases phases:page catalogue:networks
200 | 405 : speculation_rules readyz
404 | 405 : metrics
302 | 302 : phases:accessibility
200 | 405 : catalogue:organizations catalogue:organization contributions:resources contributions:resource
200 | 405 : contributions:guidelines contributions:how_we_moderate contributions:status contributions:preview
200 | 405 : phases:overview phases:glossary phases:which_form coverage deliverables
200 | 405 : suggest search_feed search_csv resources_feed resources_csv networks_feed networks_csv
200 | 405 : learning_questions catalogue:network_table catalogue:network_timeline
200 | 405 : catalogue:network_map catalogue:network_members catalogue:network_xlsx
405 | 400 : markdown_preview
302 | 405 : favicon
404 | 405 : identity_css identity_logo
404 | 405 : contributions:file contributions:own_file
200 | 200 : contributions:contribute contributions:contribute_network contributions:correct
200 | 200 : contributions:report_problem contributions:lost_link contributions:revise
404 | 404 : contributions:draft staff:join staff:reset_password
200 | 200 : staff:ask_for_password
302 | 302 : staff:second_step staff:set_up staff:recovery_codes
200 | 302 : contributions:erase
405 | 302 : contributions:prove_address
200 | 409 : contributions:act
302 302 403 200 200 200 | 302 302 403 200 200 200 : stalest admin:core_tombstone_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:core_tombstone_history admin:catalogue_organization_export
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_organization_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_organization_history
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_deliverable_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_deliverable_history admin:catalogue_network_export
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_network_changelist admin:catalogue_network_history
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:phases_phase_changelist admin:phases_phase_history
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:catalogue_topic_changelist admin:catalogue_topic_history
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:contributions_resource_export
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:contributions_resource_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:contributions_resource_history admin:phases_page_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:phases_page_history admin:phases_glossaryterm_changelist
302 302 403 200 200 200 | 302 302 403 200 200 200 : admin:phases_glossaryterm_history
302 302 200 200 200 200 | 302 302 200 200 200 200 : dashboard admin:index admin:password_change
200 200 302 302 302 302 | 200 : admin:login
302 302 405 405 405 405 | 302 302 200 200 200 200 : admin:logout
302 302 200 200 200 200 | 302 302 405 405 405 405 : admin:password_change_done admin:jsi18n styleguide
302 302 403 403 403 403 | 302 302 405 405 405 405 : admin:autocomplete
302 | 302 : admin:view_on_site admin/core/tombstone/<path:object_id>/ admin/catalogue/organization/<path:object_id>/
302 | 302 : admin/catalogue/deliverable/<path:object_id>/ admin/catalogue/network/<path:object_id>/
302 | 302 : admin/phases/phase/<path:object_id>/ admin/catalogue/topic/<path:object_id>/
302 302 403 200 403 200 | 302 302 405 405 405 405 : admin:contributions_contribution_report
302 | 302 : admin/contributions/contribution/<path:object_id>/
302 | 302 : admin/contributions/reason/<path:object_id>/ admin/contributions/resource/<path:object_id>/
302 | 302 : admin/phases/page/<path:object_id>/ admin/phases/glossaryterm/<path:object_id>/
302 | 302 : admin/post_office/email/<path:object_id>/
302 | 302 : admin/auth/group/<path:object_id>/ admin/auth/user/<path:object_id>/
302 302 403 403 200 200 | 302 302 403 403 302 302 : admin:core_tombstone_put_back
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:core_tombstone_add admin:core_tombstone_delete
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:catalogue_deliverable_add admin:catalogue_deliverable_delete
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:phases_phase_add admin:phases_phase_delete
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:contributions_contribution_add
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:contributions_contribution_delete admin:phases_page_delete
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:post_office_email_add admin:post_office_email_delete
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:post_office_email_changelist
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:post_office_email_history
302 302 403 403 403 200 | 302 302 403 403 403 403 : admin:post_office_email_change
302 302 403 200 200 200 | 302 302 403 403 200 200 : admin:core_tombstone_change admin:catalogue_organization_change
302 302 403 200 200 200 | 302 302 403 403 200 200 : admin:catalogue_network_change admin:phases_phase_change
302 302 403 200 200 200 | 302 302 403 403 200 200 : admin:catalogue_topic_change admin:contributions_resource_change
302 302 403 200 200 200 | 302 302 403 403 200 200 : admin:phases_page_change admin:phases_glossaryterm_change
302 302 405 405 405 405 | 302 302 403 403 200 200 : admin:catalogue_organization_process_import
302 302 405 405 405 405 | 302 302 403 403 200 200 : admin:catalogue_network_process_import
302 302 405 405 405 405 | 302 302 403 403 200 200 : admin:contributions_resource_process_import
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_organization_import
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_organization_restore
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_organization_confirm
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_organization_add
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_organization_delete admin:catalogue_network_import
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_network_restore admin:catalogue_network_confirm
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_network_add admin:catalogue_network_delete
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:phases_phase_restore admin:phases_phase_confirm
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_topic_restore admin:catalogue_topic_add
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:catalogue_topic_delete admin:contributions_resource_import
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:contributions_resource_restore
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:contributions_resource_confirm
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:contributions_resource_add
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:contributions_resource_delete admin:phases_page_restore
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:phases_page_confirm admin:phases_page_add
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:phases_glossaryterm_restore
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:phases_glossaryterm_confirm admin:phases_glossaryterm_add
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:phases_glossaryterm_delete
302 302 403 200 200 200 | 302 302 403 403 403 403 : admin:catalogue_deliverable_change
302 302 403 403 404 404 | 302 302 403 403 404 404 : admin:catalogue_topic_confirm
302 302 403 403 302 302 | 302 302 403 403 302 302 : admin:catalogue_topic_merge
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:core_missedsearch_changelist
302 302 403 403 200 200 | 302 302 403 403 200 200 : admin:core_missedsearch_history
302 302 403 403 200 200 | 302 302 403 403 403 403 : admin:core_missedsearch_change
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:core_missedsearch_add admin:core_missedsearch_delete
302 | 302 : admin/core/missedsearch/<path:object_id>/
302 302 403 403 403 302 | 302 302 403 403 403 302 : admin:core_siteidentity_changelist
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:core_siteidentity_history
302 302 403 403 403 200 | 302 302 403 403 403 302 : admin:core_siteidentity_change
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:core_siteidentity_add admin:core_siteidentity_delete
302 | 302 : admin/core/siteidentity/<path:object_id>/
302 302 403 200 403 200 | 302 302 405 405 405 405 : worker
302 302 403 200 403 200 | 302 302 405 405 405 405 : admin:contributions_contribution_change
302 302 403 200 403 200 | 302 302 405 405 405 405 : admin:contributions_contribution_preview
302 302 405 405 405 405 | 302 302 403 200 403 200 : admin:contributions_contribution_decide
302 302 405 405 405 405 | 302 302 403 200 403 200 : admin:contributions_contribution_several
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_contribution_amend
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_contribution_changelist
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_contribution_history
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_reason_changelist
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_reason_add admin:contributions_reason_history
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_reason_delete
302 302 403 200 403 200 | 302 302 403 200 403 200 : admin:contributions_reason_change
302 302 403 200 403 200 | 302 302 403 302 403 302 : admin:contributions_contribution_erase
302 302 403 404 403 404 | 302 302 405 405 405 405 : admin:contributions_contribution_file
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_group_changelist
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_group_add admin:auth_group_history
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_group_delete admin:auth_group_change
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_user_password_change admin:auth_user_changelist
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_user_add admin:auth_user_history admin:auth_user_delete
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:auth_user_change
302 302 403 403 403 200 | 302 302 403 403 403 302 : admin:auth_user_second_step
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:staff_deed_changelist
302 302 403 403 403 200 | 302 302 403 403 403 403 : admin:staff_deed_change
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:staff_deed_history admin:staff_invitation_changelist
302 302 403 403 403 403 | 302 302 403 403 403 403 : admin:staff_deed_add admin:staff_deed_delete
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:staff_invitation_add admin:staff_invitation_delete
302 302 403 403 403 200 | 302 302 403 403 403 403 : admin:staff_invitation_change
302 302 403 403 403 200 | 302 302 403 403 403 200 : admin:staff_invitation_history
302 | 302 : admin/staff/deed/<path:object_id>/ admin/staff/invitation/<path:object_id>/
302 302 404 200 200 200 | 302 302 404 200 200 200 : admin:app_list
302 302 404 404 404 404 | 302 302 404 404 404 404 : admin/(?P<url>.*)
"""

OTHERWISE = {"phases:accessibility": {"302 302 302 302 302 302"}}
"""The answers to PUT and DELETE, by name of address, where they are not 405."""

PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^)]*\)")
PEOPLE = ["anonymous", "account", "staff", "moderator", "curator", "superuser"]


def routes(patterns=None, route="", namespace=""):
    """Each address as (name, route); one without a name of its own goes by its route."""
    for pattern in patterns or get_resolver().url_patterns:
        here = route + str(pattern.pattern).strip("^$")
        if hasattr(pattern, "url_patterns"):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from routes(pattern.url_patterns, here, inner)
        else:
            yield f"{namespace}{pattern.name}" if pattern.name else here.replace(" ", ""), here


@cache
def route_of():
    found = {}
    for name, route in routes():
        found.setdefault(name, route)
    return found


def expected():
    """The answers by name of address."""
    lines = [line.split(" : ") for line in TABLE.strip().splitlines()]
    return {name: row for row, names in lines for name in names.split()}


# --- One of everything --------------------------------------------------------------------------


@pytest.fixture
def keys(db):
    """What stands for each part of an address, by the beginning of its route; "" for all others."""
    phase, topic = make_phase(slug="thing"), make_topic("thing")
    network = make_network("thing", slug="thing", members=1, deliverables=1, tags=[topic])
    resource = make_resource("thing", slug="thing", phases=[phase], network=network)
    former = make_resource("former")
    for slug in ("thing", "contribute", "glossary", "what-is-a-learning-network"):
        page = make_page(slug)
    term = GlossaryTerm.objects.create(term="thing", slug="thing", definition="What it means.")
    contribution = make_contribution()
    email = Email.objects.get()
    reason = Reason.objects.first() or Reason.objects.create(action="reject", name="Other", text="Words.")
    invitation = Invitation.objects.create(email="x@example.org", invited_by=make_user("inviter"))
    organization = network.memberships.get().organization
    type(organization).objects.update(slug="thing")
    rows = {
        "core/tombstone": retire(former),
        "core/missedsearch": MissedSearch.objects.create(
            words="thing", month="2026-01-01", last_day="2026-01-05", times=3
        ),
        "core/siteidentity": SiteIdentity.objects.create(),
        "catalogue/organization": organization,
        "catalogue/deliverable": network.deliverables.get(),
        "catalogue/network": network,
        "catalogue/topic": topic,
        "phases/phase": phase,
        "phases/page": page,
        "phases/glossaryterm": term,
        "contributions/resource": resource,
        "contributions/contribution": contribution,
        "contributions/reason": reason,
        "post_office/email": email,
        "staff/invitation": invitation,
        "staff/deed": Deed.objects.create(action=Deed.Action.LOGGED_IN),
        "auth/group": make_moderator("somebody").groups.get(),
        "auth/user": get_user_model().objects.get(username="somebody"),
    }
    found = {f"admin/{model}/": {"object_id": row.pk, "pk": row.pk, "id": row.pk} for model, row in rows.items()}
    for model, row in rows.items():
        if hasattr(row, "history"):
            found[f"admin/{model}/"]["number"] = history.latest(row)
    kind = ContentType.objects.get_for_model(Resource).pk
    found[""] = {
        "slug": "thing",
        "kind": "resource",
        "name": "x",
        "token": tokens.token_for(contribution.form_key),
        "action": "withdraw",
        "app_label": "contributions",
        "url": "nowhere",
        "content_type_id": kind,
        "object_id": resource.pk,
    }
    return found


@pytest.fixture
def people(keys):
    users = {
        "account": make_user("account", is_staff=False),
        "staff": make_user("staff"),
        "moderator": make_moderator(),
        "curator": make_curator(),
        "superuser": make_user("superuser", is_superuser=True),
    }
    clients = {who: Client() for who in PEOPLE}
    for who, user in users.items():
        clients[who].force_login(user)
    return clients


def address(route, keys):
    """A real address for a route; what is not there, such as a file, has the number 4711."""
    parts = next(parts for beginning, parts in sorted(keys.items(), reverse=True) if route.startswith(beginning))
    return "/" + PART.sub(lambda part: str(parts.get(part[1] or part[2], 4711)), route).replace("\\d+", "1")


def answers(people, method, path):
    """What each of the people is answered; nothing that it does stays."""
    for client in people.values():
        cookies = copy(client.cookies)  # logging out takes them away
        with transaction.atomic():
            yield str(getattr(client, method)(path).status_code)
            transaction.set_rollback(True)
        client.cookies = cookies


def row_of(people, path):
    rows = [list(answers(people, method, path)) for method in ("get", "post")]
    return " | ".join(row[0] if len(set(row)) == 1 else " ".join(row) for row in rows)


def test_every_address_is_in_the_table():
    assert set(route_of()) == set(expected())


def names_of(part):
    parts = ["admin/", "admin:a", "admin:s", "admin:p", "admin:c", "admin:", "contributions:", ""]
    return [name for name in route_of() if next(p for p in parts if name.startswith(p)) == part]


@pytest.mark.parametrize("part", ["", "contributions:", "admin:", "admin:c", "admin:p", "admin:a", "admin:s", "admin/"])
def test_each_person_is_answered_as_the_table_says(people, keys, part):
    names = names_of(part)
    found = {name: row_of(people, address(route_of()[name], keys)) for name in names}
    assert found
    assert found == {name: row for name, row in expected().items() if name in found}


def test_no_address_knows_other_methods_than_get_head_and_post(people, keys):
    found = {}
    for name, route in route_of().items():
        path = address(route, keys)
        rows = {" ".join(answers(people, method, path)) for method in ("put", "delete")}
        if rows != {"405 405 405 405 405 405"}:
            found[name] = rows
    assert found == OTHERWISE


def test_a_page_is_answered_alike_with_and_without_its_body(people, keys):
    """For one of the six who may see little and one who may see much: GET, to which it is compared, asks for all."""
    few = {who: people[who] for who in ("anonymous", "curator")}
    found, told = {}, {}
    for name, route in route_of().items():
        got = expected()[name].split(" | ")[0].split()
        told[name] = [got[0], got[PEOPLE.index("curator") % len(got)]]
        found[name] = list(answers(few, "head", address(route, keys)))
    assert found == told
