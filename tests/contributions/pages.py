"""A page as a browser reads it: its ids, its links, its text, and what its form would send."""

from html.parser import HTMLParser

from django.urls import reverse

from contributions import tokens

ACTIONS = {"answer", "appeal", "withdraw"}
BY_THE_SITE = {"csrfmiddlewaretoken", "base", "you-opened", "you-homepage"}


class Page(HTMLParser):
    """A parsed answer. ``sent`` holds the values of each field of the form, as they would be sent again."""

    def __init__(self, response):
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.ids, self.links, self.frames, self.buttons = [], [], [], []
        self.sent, self.described = {}, {}
        self.title = self.text = ""
        self._open = self._select = self._textarea = None
        self._is_search = False
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self._open = tag
        self._note(tag, attrs)
        if tag == "a":
            self.links.append(attrs.get("href", ""))
        elif tag == "iframe":
            self.frames.append(attrs)
        elif tag == "button" and "name" in attrs:
            self.buttons.append(attrs["value"])
        elif tag == "input" and attrs.get("type") != "file":
            self._input(attrs)
        elif tag == "select":
            self._select = attrs["name"]
        elif tag == "option" and "selected" in attrs:
            self.sent.setdefault(self._select, []).append(attrs["value"])
        elif tag == "textarea":
            self._textarea = attrs["name"]
            self.sent[self._textarea] = [""]

    def _note(self, tag, attrs):
        if tag == "form":  # that of the masthead stands on every page
            self._is_search = attrs.get("role") == "search"
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if "aria-describedby" in attrs:
            self.described[attrs.get("name", attrs.get("id", tag))] = attrs["aria-describedby"].split()

    def _input(self, attrs):
        is_choice = attrs.get("type") in {"checkbox", "radio"}
        if "name" in attrs and ("checked" in attrs or not is_choice) and not self._is_search:
            self.sent.setdefault(attrs["name"], []).append(attrs.get("value", "on" if is_choice else ""))

    def handle_endtag(self, tag):
        self._open = None
        if tag == "form":
            self._is_search = False
        if tag == "textarea":
            self.sent[self._textarea] = [self.sent[self._textarea][0].removeprefix("\n")]
            self._textarea = None

    def handle_data(self, data):
        if self._textarea:
            self.sent[self._textarea][0] += data
        elif self._open == "title":
            self.title += data
        elif self._open not in {"script", "style"}:
            self.text += data

    @property
    def words(self):
        """The text that is read, with single spaces."""
        return " ".join(self.text.split())

    @property
    def anchors(self):
        """The ids within this page that its links lead to."""
        return [link[1:] for link in self.links if link.startswith("#") and link != "#content"]

    def value(self, name):
        """The one value that a field holds; empty where nothing would be sent."""
        values = self.sent.get(name, [""])
        assert len(values) == 1
        return values[0]


def resent(page, **more):
    """What the browser would send by the form of the page, and ``more``."""
    return {**{name: values for name, values in page.sent.items() if name != "csrfmiddlewaretoken"}, **more}


def typed(page):
    """What people have typed and chosen in the form of the page."""
    return {name: values for name, values in page.sent.items() if name not in BY_THE_SITE}


def private_address(contribution, name="status"):
    token = tokens.token_for(contribution.form_key)
    if name in ACTIONS:
        return reverse("contributions:act", args=[token, name])
    return reverse(f"contributions:{name}", args=[token])


def version_data(contribution, **fields):
    """The version that a page of the contribution holds, as it is sent with its form."""
    return {"state": contribution.state, "revision": contribution.revision, **fields}
