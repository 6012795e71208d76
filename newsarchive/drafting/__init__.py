"""Draft the rules of a new site from a few of its pages."""

from newsarchive.drafting.draft import Draft, Proof, Sure, draft, linked_articles, prove

__all__ = ["Draft", "Proof", "Sure", "draft", "linked_articles", "prove"]
