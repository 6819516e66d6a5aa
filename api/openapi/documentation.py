"""Parts of the documentation that several operations share: headers and path parameters."""

from typing import Any


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}, "example": example}


STORE_HEADERS = {
    "ETag": _header(
        "Identifies this answer; send it back in `If-None-Match` to get a 304.",
        '"551ffac9d3aea7988f0e5001015f1f29"',
    ),
    "Cache-Control": _header("`no-cache`, or with `as_of` a day.", "no-cache"),
    "Vary": _header("What else decides the answer.", "Accept, Accept-Encoding"),
}
PAGE_HEADERS = STORE_HEADERS | {
    "Link": _header(
        "Address of the next page (RFC 8288), if there is one.", '<https://…>; rel="next"'
    ),
}


def _cite(query: str) -> dict[str, Any]:
    url = f"https://…/v1/cite?{query}"
    return {"Cameo-Cite": _header("Address of the citation of this answer.", url)}


RECEIPT_HEADERS = {
    "Cameo-Query": _header("The query in canonical form.", "actor_country=IRN"),
    "Cameo-Revision": _header("The revision of the store that answered.", "1"),
    "Cameo-Matched": _header("How many events match; counting stops at 10000.", "29"),
    "Cameo-Complete": _header("Whether this answer alone holds everything that matched.", "true"),
    **_cite("actor_country=IRN&as_of=1"),
}
PARTS_HEADERS = {
    "Cameo-Datasets": _header(
        "How many events are of each dataset; only if they are counted.", "seed=29"
    ),
    "Cameo-Place-Precision": _header(
        "What the places stand for; only if they are counted, and `near` or `bbox` is asked for.",
        "city=16, region=3, country=1, none=0",
    ),
}
GROUP_HEADERS = {
    "Cameo-Totals": _header("Only where an event may be in several groups.", "overlapping"),
    **_cite("actor_country=IRN&as_of=1&measures=count"),
}
FILE_HEADERS = {
    "Accept-Ranges": _header("Parts of the file can be asked for.", "bytes"),
    "Content-Length": _header("How many bytes are sent.", "40960"),
}
RANGE_HEADERS = {"Content-Range": _header("Which bytes are sent, of how many.", "bytes 0-7/40960")}
EXPORT_HEADERS = STORE_HEADERS | RECEIPT_HEADERS | PARTS_HEADERS
CHANGE_HEADERS = (
    STORE_HEADERS
    | RECEIPT_HEADERS
    | {
        "Cameo-Matched": _header("How many changes match; counting stops at 10000.", "29"),
    }
)
CHART_HEADERS = (
    EXPORT_HEADERS
    | GROUP_HEADERS
    | {
        "Cameo-Query": _header("The query in canonical form.", "actor_country=IRN&by=month"),
        **_cite("actor_country=IRN&as_of=1&by=month"),
        "Content-Security-Policy": _header("A chart loads and runs nothing.", "default-src 'none'"),
    }
)
CODE_HEADERS = (
    STORE_HEADERS
    | RECEIPT_HEADERS
    | {
        "Cameo-Query": _header("The query in canonical form.", "depth=3"),
        "Cameo-Matched": _header("How many codes match.", "310"),
        **_cite("as_of=1"),
    }
)
RETRY_HEADERS = {"Retry-After": _header("How many seconds to wait.", "5")}
ERROR_HEADERS = {
    304: STORE_HEADERS,
    307: {
        "Location": _header(
            "The same query at the newest revision.", "https://…/v1/events.parquet?as_of=1"
        )
    },
    416: {"Content-Range": _header("How many bytes the file has.", "bytes */40960")},
    429: RETRY_HEADERS,
    503: RETRY_HEADERS,
}
"""The headers of other answers than a success, by status."""


def path_text(name: str, description: str, example: str) -> dict[str, Any]:
    """Document a text in the path."""
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
        "example": example,
    }


def path_number(name: str, description: str, example: int) -> dict[str, Any]:
    """Document a number in the path, from 1."""
    schema = {"type": "integer", "minimum": 1}
    return path_text(name, description, "") | {"schema": schema, "example": example}
