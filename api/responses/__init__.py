"""Make answers: envelopes with receipts, files and streams."""
