"""Settings that say of themselves what they may be."""

import dataclasses

import pytest

from artnb.errors import InputError
from artnb.method import METHODS, find_method
from artnb.settings import describe_settings, help_of
from artnb.training.options import TrainingOptions


@pytest.mark.parametrize("name", METHODS)
def test_every_setting_says_what_it_does(name):
    kind = find_method(name).config_class
    described = describe_settings(kind).splitlines()
    for field in dataclasses.fields(kind):
        (place,) = [n for n, line in enumerate(described) if line.startswith(f"{field.name}=")]
        assert kind.rules()[field.name].help in described[place + 1]


def test_bounds_choices_and_sources_are_listed():
    text = describe_settings(find_method("cyclegan").config_class)
    assert "flip=true" in text
    assert "minutes=none" in text
    assert "lsgan or bce or hinge: " in text
    assert "(Yazıcı et al. 2019)" in text
    assert "at least 0, below 1: averaged generators" in text
    assert "session: batch_size=8" in text


def test_what_is_listed_can_be_typed():
    kind = find_method("cyclegan").config_class
    for line in describe_settings(kind).partition("\n\n")[0].splitlines():
        if not line.startswith(" ") and not line.startswith("diffaugment"):
            name, value = kind.parse(line)
            assert value == getattr(kind(), name)


def test_options_keep_their_help():
    assert "second copy" in help_of(TrainingOptions, "mirror")


def test_an_unknown_method_has_a_nearest_name():
    with pytest.raises(InputError, match='did you mean "cyclegan"'):
        find_method("cyclegann")


def test_a_setting_that_does_not_exist_cannot_be_replaced():
    from artnb.stylization.settings import StylizeSettings

    with pytest.raises(InputError, match=r"no setting 'strenght'.*strength"):
        StylizeSettings().replace(strenght=2)
