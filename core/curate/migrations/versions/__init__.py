"""The revisions; one that has landed is never changed."""
