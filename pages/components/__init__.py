"""What the pages share: state, cached reads, forms, charts, the map, the reader, the job panel."""
