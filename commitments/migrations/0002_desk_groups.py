"""The desk's two groups, with their permissions: Analysts propose, Editors publish and withdraw."""

from django.apps.registry import Apps
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFERENCE = ["party", "membership", "sector"]
RECORDS = [
    "assessment",
    "citation",
    "claim",
    "commitment",
    "discrepancy",
    "followupnote",
    "instrument",
    "meeting",
    "milestone",
    "source",
    "undertaking",
]
PUBLISHED = [name for name in RECORDS if name not in ("claim", "undertaking")]


def make_groups(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    # Permissions are made by a signal after all migrations; on a new database they are not there yet.
    config = apps.get_app_config("commitments")
    config.models_module = True  # type: ignore[assignment]
    create_permissions(config, verbosity=0, apps=apps, using=schema_editor.connection.alias)
    config.models_module = None  # type: ignore[assignment]

    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    both = [f"{act}_{name}" for name in RECORDS for act in ("view", "add", "change", "delete")]
    both += [f"view_{name}" for name in REFERENCE]
    editors = [f"{act}_{name}" for name in REFERENCE for act in ("add", "change", "delete")]
    editors += [f"{act}_{name}" for name in PUBLISHED for act in ("publish", "withdraw")]
    of_ours = Permission.objects.filter(content_type__app_label="commitments")
    for group, codenames in (("Analysts", both), ("Editors", both + editors)):
        Group.objects.get_or_create(name=group)[0].permissions.add(*of_ours.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("commitments", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
