"""Every text of the interface has its Korean, with the same places to fill in."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from tests.house import catalog
from tests.house.source import ROOT, python_files, templates

KOREAN = ROOT / "locale" / "ko" / "LC_MESSAGES" / "django.po"

needs_catalogue = pytest.mark.skipif(not KOREAN.exists(), reason="there is no Korean catalogue yet")


def marked() -> set[str]:
    texts = {text for path in python_files() for text in catalog.in_python(path)}
    return texts | {text for path in templates() for text in catalog.in_template(path)}


@needs_catalogue
def test_every_text_is_translated() -> None:
    korean = catalog.read(KOREAN)
    missing = sorted(text for text in marked() if not all(korean.get(text, [""])))
    assert missing == []


@needs_catalogue
def test_a_translation_has_the_same_places_to_fill_in() -> None:
    different = {
        text: translations
        for text, translations in catalog.read(KOREAN).items()
        if any(catalog.holes(translation) != catalog.holes(text) for translation in translations)
    }
    assert different == {}


@needs_catalogue
def test_no_translation_is_left_of_a_text_that_is_gone() -> None:
    assert sorted(set(catalog.read(KOREAN)) - marked()) == []


@needs_catalogue
def test_the_compiled_catalogue_says_what_the_text_says() -> None:
    with KOREAN.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    texts = {text: values[0] for text, values in catalog.read(KOREAN).items() if len(values) == 1}
    assert {text: compiled.gettext(text) for text in texts} == texts


def test_marked_texts_are_found_in_code_and_in_templates(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text('_("one")\ngettext_lazy("two" " words")\nother("three")\n')
    page = tmp_path / "page.html"
    page.write_text(
        '{% load i18n %}{% translate "It\'s four" %}'
        "{% blocktranslate with n=1 %}five {{ n }}{% endblocktranslate %}"
    )
    assert list(catalog.in_python(code)) == ["one", "two words"]
    assert list(catalog.in_template(page)) == ["It's four", "five %(n)s"]


def test_a_fuzzy_or_empty_translation_counts_as_none(tmp_path: Path) -> None:
    po = tmp_path / "django.po"
    po.write_text(
        'msgid ""\nmsgstr "Language: ko\\n"\n\n#, fuzzy\nmsgid "a"\nmsgstr "가"\n\n'
        'msgid "b"\nmsgstr ""\n\nmsgid ""\n"c "\n"%(n)s"\nmsgstr "다 %(n)s"\n'
    )
    assert catalog.read(po) == {"b": [""], "c %(n)s": ["다 %(n)s"]}
    assert catalog.holes("c %(n)s {m} 100%%") == ["%(n)s", "{m}"]
