"""Describe what the store holds: datasets, codes, loads, releases, citations."""
