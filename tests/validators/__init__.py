"""What each tool's own documentation says of its data, as checks that know nothing of our code."""
