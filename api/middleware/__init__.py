"""Do what every request needs: ids, limits, slots, errors, ETags, compression, logs, metrics."""
