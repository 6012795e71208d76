"""Everything out of the archive again, in formats that other programs read; nothing half-written is ever left."""

from newsarchive.export.atom import write_atom
from newsarchive.export.corpus import write_corpus
from newsarchive.export.files import atomic_file, atomic_folder
from newsarchive.export.jekyll import write_posts
from newsarchive.export.jsonlines import write_json_lines
from newsarchive.export.parquet import write_parquet
from newsarchive.export.tables import write_csv

__all__ = [
    "atomic_file",
    "atomic_folder",
    "write_atom",
    "write_corpus",
    "write_csv",
    "write_json_lines",
    "write_parquet",
    "write_posts",
]
