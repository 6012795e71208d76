"""Charts of an archive as SVG and PNG files, with Chinese labels."""
