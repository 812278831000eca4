"""The tracker's own tables, as far as the plain page reads them."""

from django.db import models


class Sector(models.Model):
    name_fr = models.CharField(max_length=80)

    class Meta:
        managed = False
        db_table = "commitments_sector"

    def __str__(self) -> str:
        return self.name_fr


class Instrument(models.Model):
    title_fr = models.CharField(max_length=160)

    class Meta:
        managed = False
        db_table = "commitments_instrument"

    def __str__(self) -> str:
        return self.title_fr


class Commitment(models.Model):
    reference = models.CharField(max_length=40)
    title_fr = models.CharField(max_length=160)
    basis = models.CharField(max_length=10)
    made_on = models.DateField()
    state = models.CharField(max_length=10)
    sector = models.ForeignKey(Sector, models.PROTECT)
    instrument = models.ForeignKey(Instrument, models.PROTECT)

    class Meta:
        managed = False
        db_table = "commitments_commitment"
        ordering = ["reference"]

    def __str__(self) -> str:
        return self.reference
