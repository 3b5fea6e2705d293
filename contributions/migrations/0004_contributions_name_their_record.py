from django.db import migrations
from django.db.models import F
from django.db.models.functions import Coalesce

from resourcecenter.core.likeness import address_key

CLOSED = ["approved", "rejected", "withdrawn"]
ANSWERS = ["request_changes", "approve", "reject"]


def carry_over(apps, schema_editor):
    contribution = apps.get_model("contributions", "Contribution")
    event = apps.get_model("contributions", "Event")
    file = apps.get_model("contributions", "ContributionFile")
    contribution.objects.update(record_key=Coalesce("resource_id", "network_id"))
    for one in contribution.objects.iterator():
        one.title = (one.payload.get("title") or one.payload.get("name") or "")[:300]
        events = event.objects.filter(contribution=one).order_by("pk")
        answer = events.filter(action__in=ANSWERS).first()
        one.answered_at = answer and answer.at
        if one.state in CLOSED:
            last = events.last()
            one.decided_at = last.at if last else one.sent_at
        one.address_key = address_key(one.payload.get("url", ""))
        one.save(update_fields=["title", "answered_at", "decided_at", "address_key"])
    for one in apps.get_model("contributions", "Resource").objects.exclude(url="").only("url"):
        one.address_key = address_key(one.url)
        one.save(update_fields=["address_key"])
    for one in file.objects.select_related("contribution"):
        one.form_key = one.contribution.form_key
        one.save(update_fields=["form_key"])


def carry_back(apps, schema_editor):
    contribution = apps.get_model("contributions", "Contribution")
    contribution.objects.filter(kind="resource").update(resource_id=F("record_key"))
    contribution.objects.filter(kind="network").update(network_id=F("record_key"))


class Migration(migrations.Migration):
    dependencies = [("contributions", "0003_the_whole_path_of_a_contribution")]
    operations = [migrations.RunPython(carry_over, carry_back)]
