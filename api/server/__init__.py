"""Serve the application: gunicorn, our worker, and connections to clients."""
