"""How the site is called and what it looks like, as its owner says; what nobody set is as the settings say."""

import hashlib
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from resourcecenter.core import markdown, pagecache

from .colours import refuse_unreadable_on_dark, refuse_unreadable_on_light

TAGLINE = _(
    "Tools, guidance and stories for people who start, fund, facilitate or join a learning network, arranged by its "
    "six phases."
)


class SiteIdentity(models.Model):
    """The one row with what the owner of the site chose; an empty field leaves the default."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    name = models.CharField(_("name"), max_length=80, blank=True, help_text=_("At the head of pages, mails and feeds."))
    tagline = models.CharField(
        _("tagline"), max_length=200, blank=True, help_text=_("One sentence: what is here, and for whom.")
    )
    contact_email = models.EmailField(
        _("contact address"), blank=True, help_text=_("Public: visitors write to this address.")
    )
    accent_light = models.CharField(
        _("accent colour, light"),
        max_length=7,
        blank=True,
        validators=[refuse_unreadable_on_light],
        help_text=_("For links, buttons and lines on light pages, such as #0b5c5a."),
    )
    accent_dark = models.CharField(
        _("accent colour, dark"),
        max_length=7,
        blank=True,
        validators=[refuse_unreadable_on_dark],
        help_text=_("The same on dark pages, such as #7fd0c8."),
    )
    footer = models.TextField(
        _("words in the foot"), max_length=2000, blank=True, help_text=_("Markdown. Above our own lines on every page.")
    )
    logo = models.BinaryField(default=b"", editable=False)
    logo_type = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("identity of the site")
        constraints = [models.CheckConstraint(name="core_one_identity", condition=models.Q(pk=1))]

    def __str__(self):
        return gettext("Identity of the site")

    def save(self, *args, **kwargs):
        with transaction.atomic():
            pagecache.raise_generation()
            super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        with transaction.atomic():
            pagecache.raise_generation()
            return super().delete(*args, **kwargs)

    def clean(self):
        if bool(self.accent_light) != bool(self.accent_dark):
            missing = "accent_dark" if self.accent_light else "accent_light"
            raise ValidationError({missing: gettext("Give a colour for both themes, or for neither.")})


class Identity(NamedTuple):
    """What pages, mails and feeds show. ``footer`` is safe HTML; ``version`` changes with the accents and the logo."""

    name: str
    tagline: str
    contact_email: str
    footer: str = ""
    accent_light: str = ""
    accent_dark: str = ""
    logo_type: str = ""
    version: str = ""


_seen: dict[str, Identity] = {}


def current(*, generation: int | None = None) -> Identity:
    """Return the identity of the site at this content generation; without one, as it was at most a minute ago."""
    if generation is None:
        generation = pagecache.recent_generation()
    _seen["last"] = pagecache.remembered("identity", _load, generation=generation)
    return _seen["last"]


def last_seen() -> Identity:
    """Return the identity that this process used last, or the default, without asking database or cache.

    For pages that say what went wrong: it may be just that.
    """
    return _seen.get("last") or _default()


def stored_logo() -> bytes:
    """Return the content of the logo; empty if there is none."""
    return bytes(SiteIdentity.objects.values_list("logo", flat=True).first() or b"")


def accent_css(identity: Identity) -> str:
    """Return the rule that puts the accents of this identity in the place of those of site.css and admin.css."""
    accents = f"--accent-light: {identity.accent_light}; --accent-dark: {identity.accent_dark};"
    return f":root, html[data-theme] {{ {accents} }}\n"


def _load():
    row, default = SiteIdentity.objects.first(), _default()
    if row is None:
        return default
    return Identity(
        name=row.name or default.name,
        tagline=row.tagline or default.tagline,
        contact_email=row.contact_email or default.contact_email,
        footer=markdown.render(row.footer),
        accent_light=row.accent_light.lower(),
        accent_dark=row.accent_dark.lower(),
        logo_type=row.logo_type,
        version=_version(row),
    )


def _default():
    return Identity(name=settings.SITE_NAME, tagline=str(TAGLINE), contact_email=settings.CONTACT_EMAIL)


def _version(row):
    parts = [row.accent_light.encode(), row.accent_dark.encode(), bytes(row.logo)]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:12]
