"""What the content files said when they were last loaded."""

import pytest
from django.db import IntegrityError, transaction

from resourcecenter.core.content import LoadedRecord


@pytest.mark.django_db
def test_a_record_of_the_content_files_is_remembered_once():
    LoadedRecord.objects.create(kind="network", slug="water", values={"name": "Water"})
    LoadedRecord.objects.create(kind="resource", slug="water")
    with pytest.raises(IntegrityError), transaction.atomic():
        LoadedRecord.objects.bulk_create([LoadedRecord(kind="network", slug="water")])
    assert str(LoadedRecord.objects.get(kind="network")) == "network water"
