"""Where links come from; what is done with a page is the business of the pipelines."""
