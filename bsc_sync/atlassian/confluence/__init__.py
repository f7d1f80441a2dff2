"""Our page in Confluence, Cloud and Data Center behind one publisher."""
