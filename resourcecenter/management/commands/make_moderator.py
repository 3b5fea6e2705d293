import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand
from django.db import transaction


class Command(BaseCommand):
    help = (
        "Make an account that may moderate and curate, and print its log-in; an account of that name is left as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument("username")

    @transaction.atomic
    def handle(self, *args, username, **options):
        users = get_user_model().objects
        if users.filter(username=username).exists():
            self.stdout.write(f"The account {username} is there already; its password was shown when it was made.")
            return
        password = secrets.token_urlsafe(12)
        user = users.create_user(username, password=password, is_staff=True)
        user.groups.set(Group.objects.filter(name__in=["Moderator", "Curator"]))
        self.stdout.write(f"Made the account {username} with the password {password}")
        self.stdout.write("It can be changed in the admin, at the top of every page.")
