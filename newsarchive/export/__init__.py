"""Articles in formats that other programs read."""

from newsarchive.export.formats import EVERYTHING, FORMATS, Export, FileFormat, FolderFormat

__all__ = ["EVERYTHING", "FORMATS", "Export", "FileFormat", "FolderFormat"]
