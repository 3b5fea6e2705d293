"""What is new in any result, as an Atom feed."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from resourcecenter import finding
from resourcecenter.core import identity, search
from resourcecenter.core.limits import SEARCH, limited_when_asked
from resourcecenter.core.listing import asked_of
from resourcecenter.core.pagecache import public
from resourcecenter.lists import LISTS

MAX_ENTRIES = 50


@public
@require_safe
@limited_when_asked(SEARCH)
def feed(request, name):
    """The newest entries of a list, whatever else its address asks for."""
    return ResultFeed()(request, name=name)


class DatedFeed(Atom1Feed):
    """A feed that is as new as its newest entry; an empty one as old as can be, not always new."""

    def latest_post_date(self):
        return super().latest_post_date() if self.items else datetime(1970, 1, 1, tzinfo=UTC)


class ResultFeed(Feed):
    """Entries have an id that stays when their addresses change."""

    feed_type = DatedFeed

    def get_object(self, request, name):
        collection = LISTS[name].as_of(request.generation)
        asked = asked_of(request, collection)
        return collection, asked.sorted_by(search.Sort.NEWEST), identity.current(generation=request.generation)

    def author_name(self, obj):
        _collection, _asked, own = obj
        return own.name

    def title(self, obj):
        _collection, asked, own = obj
        name = own.name
        if asked.text:
            return _("New for “%(text)s” · %(site)s") % {"text": asked.text, "site": name}
        return _("What is new · %(site)s") % {"site": name}

    def link(self, obj):
        _collection, asked, _own = obj
        return settings.SITE_URL + asked.url

    def feed_url(self, obj):
        collection, asked, _own = obj
        return settings.SITE_URL + reverse(f"{collection.name}_feed") + asked.sorted_by("").tail

    def items(self, obj):
        collection, asked, _own = obj
        keys = collection.keys(asked, limit=MAX_ENTRIES)
        records = finding.records(keys)
        return [records[key] for key in keys if key in records]

    def item_title(self, item):
        return item.title

    def item_description(self, item):
        return escape(item.summary)  # a summary in Atom is HTML

    def item_link(self, item):
        return settings.SITE_URL + item.url

    def item_guid(self, item):
        return f"tag:{urlsplit(settings.SITE_URL).hostname},2026:{item.kind}/{item.key}"

    def item_pubdate(self, item):
        return item.added_at

    def item_updateddate(self, item):
        return item.changed_at

    def item_copyright(self, item):
        return item.licence
