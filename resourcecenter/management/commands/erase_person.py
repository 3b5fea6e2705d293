"""Erase a person; see contributions.privacy."""

from django.core.management.base import BaseCommand

from contributions import privacy


class Command(BaseCommand):
    help = (
        "Delete what is known of the person with an e-mail address, and what they sent unless it is public; asks "
        "nothing. What moderators decided stays."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")

    def handle(self, *, email, **options):
        count = privacy.erase_person(email)
        if count:
            self.stdout.write(f"Contributions whose sender was erased: {count}.")
        else:
            self.stdout.write("No contribution came from that address.")
