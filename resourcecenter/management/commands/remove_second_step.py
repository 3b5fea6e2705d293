from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from resourcecenter.staff import factor


class Command(BaseCommand):
    help = "Remove the app and the recovery codes of an account, so that it sets up new ones at its next log-in."

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        user = get_user_model().objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no account {username}.")
        factor.remove(user, by=None)
        self.stdout.write(f"The account {username} sets up its second step when it next logs in.")
