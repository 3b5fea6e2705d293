"""Look over the deployment; see resourcecenter.doctor."""

from django.core.management.base import BaseCommand, CommandError

from resourcecenter.doctor import configuration, examine, places, records, worker

CHECKS = {
    "Settings": configuration.settings_are_safe,
    "Secret": configuration.secret_is_kept,
    "Static files": configuration.static_files_are_collected,
    "Folder of the site": places.folder_belongs_to_the_site,
    "Storage": places.storages_work,
    "List of erasures": places.erasures_can_be_listed,
    "Room on the disk": places.disk_has_room,
    "Tables": records.tables_are_of_this_release,
    "Database": records.database_is_whole,
    "Clock": records.clock_is_right,
    "Search": records.search_is_in_step,
    "Files": records.files_and_rows_agree,
    "Worker": worker.worker_runs,
    "Mail server": worker.mail_server_answers,
    "Outbox": worker.outbox_empties,
    "Backup": places.backup_is_recent,
}


class Command(BaseCommand):
    help = (
        "Look over this deployment and say what is amiss and what to do. Ends with 1 if something is; changes nothing."
    )
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args, **options):
        urgent = 0
        for title, check in CHECKS.items():
            findings = list(examine(check))
            if not findings:
                self.stdout.write(f"  ok    {title}")
            for finding in findings:
                urgent += finding.urgent
                mark, style = ("AMISS", self.style.ERROR) if finding.urgent else ("note ", self.style.WARNING)
                self.stdout.write(style(f"  {mark} {title}: {finding.what}"))
                self.stdout.write(f"        -> {finding.remedy}")
        if urgent:
            raise CommandError(f"To be mended: {urgent}.")
        self.stdout.write("Nothing is amiss.")
