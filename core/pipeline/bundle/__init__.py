"""Share bundles: one zip of a workspace that opens read-only, without model or GPU."""
