"""Reading a page of a known site by its layout in one pass, without building a tree."""
