"""Messages in the language of who reads them, and catalogues that are complete."""

import os
import re
import subprocess
import sys
from io import BytesIO

import pytest
from babel.messages.mofile import read_mo

from newsarchive import i18n
from newsarchive.i18n import _, accepted, known, language, ngettext, speaking
from newsarchive.paths import ROOT
from tools import translations

CATALOGUES = [code for code in i18n.LANGUAGES if code != i18n.ENGLISH]
_PLACE = re.compile(r"\{[a-z_][^{}]*\}")


@pytest.fixture(scope="module")
def template():
    return translations.template()


@pytest.fixture(scope="module", params=CATALOGUES)
def catalogue(request):
    return translations.read(request.param)


def messages(catalogue):
    return [message for message in catalogue if message.id]


def forms(message):
    """Each text of a message beside the texts of its translation."""
    return [tuple(text) if isinstance(text, list | tuple) else (text,) for text in (message.id, message.string)]


def test_a_catalogue_holds_the_messages_of_the_program_and_no_others(template, catalogue):
    ids = {message.id for message in messages(template)}
    kept = {message.id for message in messages(catalogue)}
    assert kept - ids == set(), "run: python -m tools.translations update"
    assert ids - kept == set(), "run: python -m tools.translations update, and translate what is new"


def test_every_message_is_translated(catalogue):
    assert [message.id for message in messages(catalogue) if not translations.is_translated(message)] == []
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []


def test_a_translation_has_the_places_of_its_message(catalogue):
    wrong = {}
    for message in messages(catalogue):
        texts, translated = forms(message)
        wanted = [set(_PLACE.findall(text)) for text in texts]
        if any(set(_PLACE.findall(text)) not in wanted for text in translated if text):
            wrong[str(message.id)] = message.string
    assert wrong == {}


def test_compiled_catalogues_are_those_that_are_read(catalogue):
    path = translations.path_of(str(catalogue.locale))
    compiled = read_mo(BytesIO(path.with_suffix(".mo").read_bytes()))
    stored, current = ([forms(message) for message in messages(one)] for one in (compiled, catalogue))
    assert sorted(stored) == sorted(current), "run: python -m tools.translations compile"
    assert path.read_bytes() == translations.written(catalogue)


def test_a_translation_ends_as_its_message_does(catalogue):
    marks = {".": "。", "?": "？"}
    wrong = [
        (message.id, message.string)
        for message in messages(catalogue)
        for text, translated in zip(*forms(message), strict=False)
        if text[-1] in marks and not text.endswith("...") and translated[-1:] not in (marks[text[-1]], "）")
    ]
    assert wrong == []


def test_a_message_is_english_where_no_language_is_asked_for():
    assert (language(), _("News archive")) == ("en", "News archive")


def test_a_message_is_in_the_language_that_is_spoken():
    with speaking("zh"):
        assert _("News archive") == "新闻存档"
        assert _("Error {status}", status=404) == "错误 404"
    assert _("Error {status}", status=404) == "Error 404"


def test_numbers_choose_their_form():
    count = ("{count} article", "{count} articles")
    assert [ngettext(*count, number) for number in (0, 1, 2, 2000)] == [
        "0 articles",
        "1 article",
        "2 articles",
        "2,000 articles",
    ]
    with speaking("zh"):
        assert [ngettext(*count, number) for number in (1, 2000)] == ["1 篇稿件", "2,000 篇稿件"]


def test_an_empty_message_stays_empty():
    with speaking("zh"):
        assert _("") == ""


def test_braces_in_a_message_without_values_are_left_alone():
    assert _("{not a place}") == "{not a place}"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("zh_CN.UTF-8", "zh"),
        ("zh-Hant-TW", "zh"),
        ("ZH", "zh"),
        ("en_GB.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("POSIX", "en"),
        ("de_DE", None),
        ("", None),
    ],
)
def test_a_locale_names_a_language(name, code):
    assert known(name) == code


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("de,fr;q=0.8,zh;q=0.3", "zh"),
        ("de", "en"),
        ("", "en"),
        ("*", "en"),
        ("zh;q=0", "en"),
        ("zh;q=x", "en"),
        ("en;q=0.5, zh", "zh"),
    ],
)
def test_a_browser_says_which_language_it_prefers(header, code):
    assert accepted(header) == code


SIGNS = ("NEWSARCHIVE_LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")


@pytest.mark.parametrize(
    ("signs", "code"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "de:zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "NEWSARCHIVE_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
    ],
)
def test_a_program_speaks_the_language_of_its_environment(signs, code):
    environment = {name: value for name, value in os.environ.items() if name not in SIGNS}
    script = "from newsarchive.i18n import language; print(language())"
    found = subprocess.run(
        # Without what is installed: under LC_ALL=C Python reads no list of places (.pth) with Chinese names in it.
        [sys.executable, "-S", "-c", script],
        env=environment | signs,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert found.stdout.strip() == code
