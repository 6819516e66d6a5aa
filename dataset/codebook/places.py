"""Find the ISO 3166-1 alpha-3 code of a place's country."""

from dataset.codebook.tables import FIPS_ISO3, ISO_COUNTRIES, NAME_ISO3

__all__ = ["ISO_COUNTRIES", "iso3_of_fips", "iso3_of_name"]


def iso3_of_fips(code: str) -> str | None:
    """Convert a FIPS 10-4 country code; None where ISO has no country for it."""
    return FIPS_ISO3.get(code)


def iso3_of_name(name: str) -> str | None:
    """Convert an English country name as ICEWS writes it; None if it is not known."""
    return NAME_ISO3.get(name)
