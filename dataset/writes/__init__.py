"""Change the store: every change is one revision, made whole or not at all."""
