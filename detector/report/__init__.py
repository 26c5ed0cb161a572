"""What was found, for a person or a program to read."""
