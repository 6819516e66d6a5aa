"""What every request needs: the store, the results cache, our own address."""

from functools import lru_cache

from flask import current_app, request
from werkzeug.sansio.utils import get_current_url
from werkzeug.urls import iri_to_uri

from dataset.store.results_cache import ResultsCache
from dataset.store.snapshots import Store


def store() -> Store:
    """Give the store of the running application."""
    found: Store = current_app.extensions["store"]
    return found


def results() -> ResultsCache:
    """Give the cache of results of the running application."""
    found: ResultsCache = current_app.extensions["results"]
    return found


def base_url() -> str:
    """Give the address of this service as clients see it, without a final slash."""
    known = current_app.config["PUBLIC_URL"]
    return str(known or _base_url(request.scheme, request.host, request.root_path))


@lru_cache(maxsize=256)
def _base_url(scheme: str, host: str, root: str) -> str:
    return iri_to_uri(get_current_url(scheme, host, root)).rstrip("/")
