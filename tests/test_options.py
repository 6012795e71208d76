"""Our settings: where they come from and how they are checked."""

import pytest
from scrapy.settings import Settings

from newsarchive.errors import UserError
from newsarchive.options import Options, defaults, from_environment


def test_a_value_comes_from_the_command_line_before_the_environment_before_the_default():
    settings = Settings(from_environment({"NEWSARCHIVE_DB": "/env.db", "NEWSARCHIVE_WINDOW": "7", "OTHER": "x"}))
    assert Options.from_settings(settings).window == 7
    settings.set("NEWSARCHIVE_DB", "/cmd.db", priority="cmdline")
    options = Options.from_settings(settings)
    assert (options.db, options.window, options.attempts) == ("/cmd.db", 7, Options().attempts)


def test_an_empty_environment_variable_says_nothing():
    assert from_environment({"NEWSARCHIVE_DB": ""}) == defaults()


@pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", "inf", "nan"])
def test_a_number_that_makes_no_sense_is_told_with_the_name_of_its_setting(value):
    with pytest.raises(UserError, match="NEWSARCHIVE_BATCH_SIZE="):
        Options.from_settings(Settings({"NEWSARCHIVE_BATCH_SIZE": value}))


def test_a_misspelt_setting_of_ours_is_told():
    with pytest.raises(UserError, match="did you mean NEWSARCHIVE_WINDOW"):
        Options.from_settings(Settings({"NEWSARCHIVE_WINDOWS": 1}))
