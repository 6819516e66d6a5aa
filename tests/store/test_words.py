"""Text is folded to plain words, the same way when it is stored and when it is searched."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dataset.declarations.words import folded, joined, line_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ebrahim Raïssi's funeral", ["ebrahim", "raissi", "s", "funeral"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("İstanbul ISTANBUL", ["istanbul", "istanbul"]),
        ("naïve co-operation", ["naive", "co", "operation"]),
        ("Al-Qa'ida", ["al", "qa", "ida"]),
        ("Ångström A\u030angstro\u0308m", ["angstrom", "angstrom"]),
        ("ﬁve ½ ²", ["five", "1", "2", "2"]),
        ("snake_case under__score", ["snake", "case", "under", "score"]),
        ("30,000 troops; 0.5%", ["30", "000", "troops", "0", "5"]),
        ("ايران إِيران", ["ايران", "ايران"]),
        ("北京 Тегеран Ἀθῆναι", ["北京", "тегеран", "αθηναι"]),
        ("\u210dezbollah № ™", ["hezbollah", "no", "tm"]),
        ("\u037a \uff9e", []),
        ("-- * \"' \u200b", []),
        ("", []),
    ],
)
def test_case_accents_and_punctuation_do_not_matter(text: str, words: list[str]) -> None:
    assert folded(text) == words


@given(st.text())
@example("\u210d")
@example("\u037a")
def test_words_are_plain(text: str) -> None:
    for word in folded(text):
        assert word
        assert all(character.isalnum() for character in word)
        assert word == word.casefold()


@given(st.text())
@example("\u210d ᴬ \u03d2")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(" ".join(folded(text))) == folded(text)


@given(st.lists(st.text()))
def test_every_word_can_be_found_between_spaces(texts: list[str]) -> None:
    stored = line_of(*map(joined, texts))
    words = [word for text in texts for word in folded(text)]
    assert all(f" {word} " in stored for word in words)
    assert stored.split() == words


@pytest.mark.parametrize("texts", [[], [""], ["", ""]])
def test_text_without_words_is_empty(texts: list[str]) -> None:
    assert line_of(*map(joined, texts)) == ""
