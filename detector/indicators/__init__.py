"""What a text shows: one file per rule, found by `interface.Finder`."""
