"""What can go wrong with the data, in words that a person can act on."""


class StoreError(Exception):
    """The store cannot be used: missing, locked, damaged or made by a newer version."""


class TooSlow(StoreError):
    """The queries of an answer took longer than they may."""


class Unreadable(Exception):
    """An input file is not in the expected format: nothing of the load is kept."""


class Impossible(Exception):
    """A change that was asked for cannot be made: there is no such event, name or load."""


class Refused(ValueError):
    """An input row is no event: `column` names the wrong column, None means the whole row.

    `id` is the public id of the event that it would be, where that is known.
    """

    id: str | None = None

    def __init__(self, column: str | None, reason: str) -> None:
        """Keep the column and the reason."""
        super().__init__(f"{column}: {reason}" if column else reason)
        self.column = column
        self.reason = reason


class DayFirst(Refused):
    """A day that is written with the day before the month."""


class Skipped(Exception):
    """An input row is no record at all: a header that comes again, tags, a comment."""


class UnknownValue(ValueError):
    """A well-formed value of a filter or parameter that the store does not know."""

    def __init__(
        self, parameter: str, value: str, detail: str, did_you_mean: str | None = None
    ) -> None:
        """Keep the parameter, its value, what is wrong with it, and what may have been meant."""
        super().__init__(detail)
        self.parameter = parameter
        self.value = value
        self.detail = detail
        self.did_you_mean = did_you_mean
