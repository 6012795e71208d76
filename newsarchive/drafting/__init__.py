"""Draft the rules of a new site from a few of its pages."""

from newsarchive.drafting.draft import Draft, Sure, draft

__all__ = ["Draft", "Sure", "draft"]
