"""What is kept between polls: accounts, posts, verdicts, incidents, outgoing messages and cursors."""
