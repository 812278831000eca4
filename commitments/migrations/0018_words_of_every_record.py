"""The word index has every kind of record, not commitments only. It is computed: made anew once migrations are done."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("commitments", "0017_stated_days")]

    operations = [
        migrations.DeleteModel(name="CommitmentWords"),
        migrations.DeleteModel(name="Posting"),
        migrations.CreateModel(
            name="RecordWords",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=11, verbose_name="nature")),
                ("record", models.PositiveBigIntegerField(verbose_name="fiche")),
                ("title", models.TextField(blank=True, verbose_name="du titre")),
                ("statement", models.TextField(blank=True, verbose_name="de l’énoncé")),
                ("beside", models.TextField(blank=True, verbose_name="de ce qui s’y rattache")),
                (
                    "texts",
                    models.JSONField(
                        default=list,
                        help_text="Chacun avec sa langue et sa place sur la page ; les résultats les citent.",
                        verbose_name="textes qui s’y rattachent",
                    ),
                ),
            ],
            options={
                "verbose_name": "mots d’une fiche",
                "verbose_name_plural": "mots des fiches",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=["kind", "record"], name="recordwords_once")],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stem", models.CharField(db_index=True, max_length=40, verbose_name="radical")),
                ("kind", models.CharField(max_length=11, verbose_name="nature")),
                ("title", models.BinaryField(verbose_name="dans le titre")),
                ("statement", models.BinaryField(verbose_name="dans l’énoncé")),
                ("beside", models.BinaryField(verbose_name="dans ce qui s’y rattache")),
            ],
            options={
                "verbose_name": "mot de l’index",
                "verbose_name_plural": "mots de l’index",
                "default_permissions": (),
                "constraints": [models.UniqueConstraint(fields=["stem", "kind"], name="posting_once")],
            },
        ),
    ]
