"""The text of public files, for searching."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from contributions.models.resource import Attachment


class FileText(models.Model):
    """What a file says, as far as it could be read. It is made from the file, and goes with it."""

    attachment = models.OneToOneField(
        Attachment, on_delete=models.CASCADE, related_name="extract", verbose_name=_("attachment")
    )
    text = models.TextField(_("text"), blank=True)
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    read_at = models.DateTimeField(_("read"))

    class Meta:
        verbose_name = _("text of a file")
        verbose_name_plural = _("texts of files")

    def __str__(self):
        return str(self.attachment)
