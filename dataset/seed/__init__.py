"""The coded article: a data file, read by `dataset.loaders.seed`."""
