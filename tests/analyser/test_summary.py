"""The summary is a sentence that a person can act on."""

from services.analyser import analyse


def test_it_says_that_nothing_was_found() -> None:
    assert analyse("The robin sings upon the bough").summary == "Everyone: nothing of concern was found."


def test_it_names_the_line_and_the_matter() -> None:
    summary = analyse("By the mill\nHe stabbed his brother there").summary
    assert summary == "Teen: violence in line 2 (a killing)."


def test_it_names_several_lines_and_concerns_the_gravest_first() -> None:
    summary = analyse(
        "Pour the beer for me\nThe mill goes round\nFuck the king\nThe day is long\nFuck the queen"
    ).summary
    assert summary == "Explicit: swearing in lines 3 and 5 (the f-word) and drink or drugs in line 1 (drinking)."


def test_it_says_throughout_for_a_drinking_song() -> None:
    assert "drink or drugs throughout" in analyse("Give me whiskey, give me gin\n" * 8).summary


def test_it_counts_lines_that_are_too_many_to_name() -> None:
    verse = "Give me whiskey\n" + "The road is long and the hill is high\n" * 9
    assert "drink or drugs in 5 lines, the first of them line 1" in analyse(verse * 5).summary
