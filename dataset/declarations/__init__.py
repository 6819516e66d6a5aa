"""Declare columns, filters, measures and ids once: everything else is made from these tables."""
