"""Articles in formats that other programs read."""

from newsarchive.export.formats import FORMATS, Export, FileFormat, FolderFormat

__all__ = ["FORMATS", "Export", "FileFormat", "FolderFormat"]
