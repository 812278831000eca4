"""Each field of each noun is public, or kept inside for a reason that is written down; nobody forgets a new one."""

import pytest

from commitments import models
from commitments.models.base import Record

NOUNS = [model for model in vars(models).values() if isinstance(model, type) and issubclass(model, Record)]


@pytest.mark.parametrize("model", NOUNS, ids=lambda model: model.__name__)
def test_every_field_is_declared_once(model):
    keys = [field.name for field in model._meta.concrete_fields if field.unique]
    declared = [*keys, *model.attached_by, *model.public_fields, *model.unannounced_fields, *model.kept_inside]

    assert sorted(declared) == sorted(field.name for field in model._meta.concrete_fields)
    assert all(model.kept_inside.values())


@pytest.mark.parametrize("model", NOUNS, ids=lambda model: model.__name__)
def test_texts_in_markdown_are_public_ones_in_each_language(model):
    assert {*model.markdown_fields} <= {*model.public_fields}
    assert len(model.markdown_fields) % 2 == 0
