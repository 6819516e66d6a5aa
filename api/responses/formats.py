"""The formats of events other than JSON: their media types and writers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pkgutil import resolve_name
from typing import Any

from api.middleware.negotiation import preferred
from api.requests.reading import JSON
from dataset.exports.text_formats import extract, written
from dataset.selections.selections import Selection
from dataset.store.snapshots import Store
from schemas.events import FeatureCollectionSchema

TEXT = {"type": "string"}
BINARY = {"type": "string", "format": "binary"}


@dataclass(frozen=True)
class Format:
    """A format: its media type, description, writer, and documented schema.

    `writer` is a name, so that its library is imported at the first use. So is `whole`, a special
    writer for all events of a selection, if there is one.
    """

    media_type: str
    meaning: str
    writer: str
    schema: Any = field(default_factory=TEXT.copy)
    whole: str | None = None

    @property
    def content_type(self) -> str:
        """The media type, with the charset if it is text."""
        return self.media_type + ("; charset=utf-8" if self.media_type.startswith("text/") else "")

    @property
    def write(self) -> Any:
        """The function that writes an extract in this format."""
        return resolve_name(self.writer)

    def chunks(self, store: Store, selection: Selection, *more: Any) -> Iterator[bytes]:
        """Write all events of a selection; `more` are columns and receipt."""
        if self.whole:
            chunks: Iterator[bytes] = resolve_name(self.whole)(store, selection, *more)
            return chunks
        return written(extract(store, selection, *more), self.write)


FORMATS: dict[str, Format] = {
    "ndjson": Format(
        "application/x-ndjson", "One JSON event a line", "dataset.exports.text_formats:write_ndjson"
    ),
    "csv": Format(
        "text/csv",
        "Comma-separated values with a header, one event a line",
        "dataset.exports.text_formats:write_csv",
        whole="dataset.exports.csv_by_sql:write",
    ),
    "geojson": Format(
        "application/geo+json",
        "A GeoJSON feature collection",
        "dataset.exports.text_formats:write_geojson",
        FeatureCollectionSchema,
    ),
    "arrow": Format(
        "application/vnd.apache.arrow.stream",
        "An Arrow IPC stream of typed columns",
        "dataset.exports.arrow:write_stream",
        BINARY,
    ),
}
"""The formats that are streamed."""
PARQUET = Format(
    "application/vnd.apache.parquet",
    "A Parquet file of typed columns",
    "dataset.exports.parquet:write",
    BINARY,
)
"""The format that is written to a file first, since readers begin at its end."""
OFFERS: dict[str, Format | None] = {
    JSON: None,
    **{format.media_type: format for format in FORMATS.values()},
}
"""What can be asked for with `Accept`; None is JSON."""


def negotiated() -> Format | None:
    """Choose the format that the client accepts best; None is JSON."""
    return OFFERS[preferred(OFFERS)]
