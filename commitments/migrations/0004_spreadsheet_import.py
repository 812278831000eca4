# The files that people send to the desk, and what checking them found.

import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('commitments', '0003_review_and_accounts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SpreadsheetImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('noun', models.CharField(max_length=30, verbose_name='objet')),
                ('file_name', models.CharField(max_length=200, verbose_name='fichier')),
                ('sha256', models.CharField(max_length=64, verbose_name='empreinte SHA-256')),
                ('content', models.BinaryField(null=True)),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='envoyé le')),
                ('language', models.CharField(default='fr', max_length=5, verbose_name='langue du compte rendu')),
                ('checked_at', models.DateTimeField(null=True, verbose_name='vérifié le')),
                ('fault', models.TextField(blank=True, verbose_name='ce qui empêche de lire le fichier')),
                ('applied_at', models.DateTimeField(null=True, verbose_name='importé le')),
                ('proposed', models.BooleanField(default=False, verbose_name='proposé à la relecture')),
                ('total', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('changed', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('refused', models.PositiveIntegerField(default=0)),
                ('unproposable', models.PositiveIntegerField(default=0)),
                ('applied_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='importé par')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='envoyé par')),
            ],
            options={
                'verbose_name': 'import de tableur',
                'verbose_name_plural': 'imports de tableurs',
                'ordering': ['-uploaded_at'],
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='SpreadsheetRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='ligne')),
                ('outcome', models.CharField(choices=[('1-refused', 'Refusée'), ('2-created', 'Créée'), ('3-changed', 'Modifiée')], max_length=10, verbose_name='résultat')),
                ('label', models.CharField(blank=True, max_length=300, verbose_name='enregistrement')),
                ('changes', models.JSONField(default=list)),
                ('refusals', models.JSONField(default=list)),
                ('unproposable', models.JSONField(default=list)),
                ('upload', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='commitments.spreadsheetimport')),
            ],
            options={
                'verbose_name': 'ligne de tableur',
                'verbose_name_plural': 'lignes de tableur',
                'ordering': ['outcome', 'number'],
                'default_permissions': (),
                'indexes': [models.Index(fields=['upload', 'outcome', 'number'], name='spreadsheet_report')],
                'constraints': [models.UniqueConstraint(fields=('upload', 'number'), name='spreadsheet_row_once')],
            },
        ),
    ]
