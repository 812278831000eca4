# What has no day, or no place in its source, comes last in every list, whatever the database.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0004_spreadsheet_import'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='citation',
            options={'base_manager_name': 'objects', 'default_permissions': ('add', 'change', 'delete', 'view', 'publish', 'withdraw'), 'ordering': ['source__reference', models.OrderBy(models.F('start'), nulls_last=True), 'pk'], 'verbose_name': 'citation', 'verbose_name_plural': 'citations'},
        ),
        migrations.AlterModelOptions(
            name='instrument',
            options={'base_manager_name': 'objects', 'default_permissions': ('add', 'change', 'delete', 'view', 'publish', 'withdraw'), 'ordering': [models.OrderBy(models.F('issued_on'), nulls_last=True), 'reference'], 'verbose_name': 'instrument', 'verbose_name_plural': 'instruments'},
        ),
        migrations.AlterModelOptions(
            name='milestone',
            options={'base_manager_name': 'objects', 'default_permissions': ('add', 'change', 'delete', 'view', 'publish', 'withdraw'), 'ordering': ['commitment__reference', models.OrderBy(models.F('due_on'), nulls_last=True), 'pk'], 'verbose_name': 'jalon', 'verbose_name_plural': 'jalons'},
        ),
    ]
