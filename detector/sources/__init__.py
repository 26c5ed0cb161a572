"""Where posts come from: one file per export format or live API."""
