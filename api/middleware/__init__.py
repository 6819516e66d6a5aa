"""Do what every request and every answer needs, one concern a module."""
