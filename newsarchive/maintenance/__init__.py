"""Checking an archive and backing it up."""
