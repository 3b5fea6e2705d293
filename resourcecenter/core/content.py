"""What the content files said when they were last loaded, so that loading again can tell a curator's change apart."""

from django.db import models


class LoadedRecord(models.Model):
    """The values of one record of the content files, field by field, as they were last loaded."""

    kind = models.CharField(max_length=40)
    slug = models.CharField(max_length=100)
    values = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "slug"], name="core_loaded_record_once")]

    def __str__(self):
        return f"{self.kind} {self.slug}"
