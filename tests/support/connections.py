"""Connections to a server on which a test writes the bytes itself."""

import http.client
import socket
from contextlib import closing

import httpx


def connected(server: str) -> socket.socket:
    url = httpx.URL(server)
    return socket.create_connection((url.host, url.port), timeout=20)


def answer_on(connection: socket.socket) -> tuple[int, bytes]:
    """Read one answer."""
    with closing(http.client.HTTPResponse(connection)) as answer:
        answer.begin()
        return answer.status, answer.read()
