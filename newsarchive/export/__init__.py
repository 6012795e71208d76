"""Everything out of the archive again, in formats that other programs read; nothing half-written is ever left."""

from newsarchive.export.atom import write_atom
from newsarchive.export.csv import write_csv
from newsarchive.export.files import atomic_file, atomic_folder
from newsarchive.export.jekyll import write_posts
from newsarchive.export.json_lines import write_json_lines
from newsarchive.export.parquet import write_parquet
from newsarchive.export.text_corpus import write_corpus

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
