"""Make answers: envelopes with receipts, files, streams, and slots for those that take long."""
