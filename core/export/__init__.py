"""From chosen rows to files that a trainer reads, with what it takes to make them again."""
