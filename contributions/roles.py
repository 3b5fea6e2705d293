"""The two groups of staff, and what each may do."""

CONTENT = {
    "phases": ["phase", "practice", "keyquestion", "phasesource", "page", "pagesource", "glossaryterm"],
    "catalogue": [
        "topic", "organization", "network", "taggednetwork", "membership", "learningquestion", "deliverable",
        "networksource",
    ],
    "contributions": ["resource", "taggedresource", "attachment", "resourcesource"],
    "core": ["tombstone"],
}  # fmt: skip

MODERATOR = {
    **{(app, model): ["view"] for app, models in CONTENT.items() for model in models},
    ("contributions", "contribution"): ["view", "moderate"],
    ("contributions", "contributionfile"): ["view"],
    ("contributions", "event"): ["view"],
    ("contributions", "reason"): ["view", "add", "change", "delete"],
}
CURATOR = {
    **{(app, model): ["view", "add", "change", "delete"] for app, models in CONTENT.items() for model in models},
    ("core", "missedsearch"): ["view"],
}

GROUPS = {"Moderator": MODERATOR, "Curator": CURATOR}


def make_groups(apps) -> None:
    """Create both groups with their permissions, or bring them up to date; other permissions stay as they are.

    ``apps`` is a registry with the tables of auth and contenttypes. Permissions are made here where Django has not
    yet made them, because it does so only after the last migration.
    """
    content_type = apps.get_model("contenttypes", "ContentType")
    permission = apps.get_model("auth", "Permission")
    for name, rights in GROUPS.items():
        group, _is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        for (app, model), actions in rights.items():
            kind, _is_new = content_type.objects.get_or_create(app_label=app, model=model)
            for action in actions:
                defaults = {"name": f"Can {action} {model}"}
                may, _is_new = permission.objects.get_or_create(
                    content_type=kind, codename=f"{action}_{model}", defaults=defaults
                )
                group.permissions.add(may)
