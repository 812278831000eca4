"""Each field of each noun is public, or kept inside for a reason that is written down; nobody forgets a new one."""

import pytest

from commitments.models.base import nouns


@pytest.mark.parametrize("model", nouns(), ids=lambda model: model.__name__)
def test_every_field_is_declared_once(model):
    keys = [field.name for field in model._meta.concrete_fields if field.unique]
    # A list with a linking model that is a noun is declared by that noun.
    lists = [field.name for field in model._meta.many_to_many if field.remote_field.through not in nouns()]
    declared = [*keys, *model.attached_by, *model.public_fields, *model.unannounced_fields, *model.kept_inside]

    assert sorted(declared) == sorted([*(field.name for field in model._meta.concrete_fields), *lists])
    assert all(model.kept_inside.values())


@pytest.mark.parametrize("model", nouns(), ids=lambda model: model.__name__)
def test_texts_in_markdown_are_public_ones_in_each_language(model):
    assert {*model.markdown_fields} <= {*model.public_fields}
    assert len(model.markdown_fields) % 2 == 0
