"""Texts as linguists look at them: concordances, counts of words, sentences."""
