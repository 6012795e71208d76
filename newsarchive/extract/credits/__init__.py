"""Whom an article credits: sources, reprints and people."""
