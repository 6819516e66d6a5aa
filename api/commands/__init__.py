"""Run `cameo-events`: one module for each group of commands."""
