"""The documentation as a person sees it: Swagger UI in a real browser."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect, sync_playwright

from support.programs import needed

pytestmark = pytest.mark.browser

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless Chromium, the system's own."""
    path = needed("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complains of, and what it asks of other hosts."""
    return []


@pytest.fixture
def page(browser: Browser, server: str, complaints: list[str]) -> Iterator[Page]:
    """A page that notes every complaint."""
    page = browser.new_page(base_url=server)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((server, "data:")) else complaints.append(request.url)
        ),
    )
    yield page
    page.close()


def test_a_visitor_asks_for_events_in_swagger_ui(page: Page, complaints: list[str]) -> None:
    page.goto("/docs")
    operation = page.locator("#operations-events-listEvents")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table")
    expect(answer.locator("tr.response .response-col_status")).to_contain_text("200")
    expect(answer.locator("tr.response")).to_contain_text('"id": "seed:31"')
    expect(operation.locator(".request-url")).to_contain_text("dyad=IRN")
    assert complaints == []


def test_every_operation_is_shown_with_its_id(page: Page, complaints: list[str]) -> None:
    page.goto("/docs")
    expect(page.locator(".opblock")).to_have_count(31)
    expect(page.locator(".opblock-summary-operation-id").first).to_have_text("listEvents")
    assert complaints == []


def test_the_landing_page_leads_to_events(page: Page, complaints: list[str]) -> None:
    page.goto("/")
    expect(page.get_by_text("55 events")).to_be_visible()
    page.get_by_role("link", name="/v1/events?dyad=IRN,ISR").click()
    expect(page.locator("body")).to_contain_text("seed:31")
    assert complaints == []


@pytest.mark.parametrize(("length", "status"), [(10, 200), (8_100, 414), (9_000, 414)])
def test_a_script_of_another_site_learns_the_status(
    browser: Browser, server: str, length: int, status: int
) -> None:
    """The longest is refused before it is a request."""
    url = f"{server}/v1/events?q={'a' * length}"
    with closing(browser.new_page(bypass_csp=True)) as page:
        page.goto(server.replace("127.0.0.1", "localhost") + "/healthz")
        asked = "url => fetch(url).then((answer) => answer.status)"
        assert page.evaluate(asked, url) == status


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_allow_no_other_host(client: FlaskClient, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "http" not in policy


def test_no_page_names_another_host(client: FlaskClient) -> None:
    for path in ("/", "/docs", "/static/docs.js", "/static/landing.css"):
        with client.get(path) as answer:
            assert "//" not in answer.text
