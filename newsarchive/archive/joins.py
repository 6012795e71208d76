"""The tables that most questions join, for SQL that is put together of parts."""

#: Articles as `a`, with their source `s`; and with their category `c`.
ARTICLES_WITH_SOURCE = "FROM articles a LEFT JOIN sources s ON s.id = a.source_id"
ARTICLES_WITH_NAMES = f"{ARTICLES_WITH_SOURCE} LEFT JOIN categories c ON c.id = a.category_id"
