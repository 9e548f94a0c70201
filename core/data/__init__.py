"""From files of any known shape to a pool of examples: readers, schemas, content ids, rendering."""
