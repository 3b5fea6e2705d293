"""The column that only one of the engines fills."""

from django.db import models


class LexemesField(models.TextField):
    """PostgreSQL's tsvector; the other engine keeps its words elsewhere, and this column empty."""

    def db_type(self, connection):
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)
