"""The documentation as a person sees it: Swagger UI in a real browser."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from support.document import OPERATIONS
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


@pytest.fixture(params=[(1400, 900), (390, 844)], ids=["desk", "phone"])
def page(
    browser: Browser, server: str, complaints: list[str], request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page that notes every complaint, on a desk and on a phone."""
    width, height = request.param
    page = browser.new_page(base_url=server, viewport={"width": width, "height": height})
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


def opened(page: Page, operation: str) -> Locator:
    """Open an operation of Swagger UI."""
    page.goto("/docs")
    place = page.locator(f"#operations-{operation}")
    place.locator(".opblock-summary-control").click()
    expect(place.get_by_role("button", name="Execute")).to_be_visible()
    return place


def filled_in(operation: Locator) -> dict[str, str]:
    """Give the values that stand in the fields of an operation."""
    fields = operation.locator("tr[data-param-name] input")
    read = "all => all.map((one) => [one.closest('tr').dataset.paramName, one.value])"
    return {name: value for name, value in fields.evaluate_all(read) if value}


def test_a_visitor_asks_for_events_in_swagger_ui(page: Page, complaints: list[str]) -> None:
    operation = opened(page, "events-listEvents")
    field = operation.locator("tr[data-param-name=dyad] input")
    expect(field).to_have_attribute("placeholder", "for example IRN,ISR")
    field.fill("IRN,ISR")
    operation.get_by_role("button", name="Execute").click()

    answer = operation.locator(".live-responses-table")
    expect(answer.locator("tr.response .response-col_status")).to_contain_text("200")
    expect(answer.locator("tr.response")).to_contain_text('"id": "seed:31"')
    expect(answer).to_be_in_viewport()
    expect(operation.locator(".request-url")).to_contain_text("dyad=IRN")
    assert complaints == []


@pytest.mark.parametrize("name", ["events-listEvents", "aggregates-listAggregates"])
def test_execute_is_in_sight_beside_the_heading(
    page: Page, complaints: list[str], name: str
) -> None:
    operation = opened(page, name)
    operation.evaluate("one => one.scrollIntoView()")
    expect(operation.locator(".opblock-summary-control")).to_be_in_viewport()
    expect(operation.get_by_role("button", name="Execute")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("events-listEvents", {}),
        ("aggregates-listAggregates", {}),
        ("aggregates-drawAggregates", {"by": "month"}),
        ("events-getEvent", {"event_id": "seed:1"}),
    ],
)
def test_only_what_is_required_is_filled_in(page: Page, name: str, given: dict[str, str]) -> None:
    assert filled_in(opened(page, name)) == given


def test_the_main_parameters_come_first_and_the_others_on_demand(page: Page) -> None:
    operation = opened(page, "events-listEvents")
    rows, tone = (operation.locator(f"tr[data-param-name{one}]") for one in ("", "=tone_min"))
    few = rows.count()
    operation.get_by_role("button", name="more parameters").click()
    tone.locator("input").fill("1")
    operation.get_by_role("button", name="main parameters only").click()
    expect(tone).to_be_visible()
    assert few < 15
    assert rows.count() == few + 1


def test_a_chart_is_shown_as_a_picture(page: Page, complaints: list[str]) -> None:
    operation = opened(page, "aggregates-drawAggregates")
    operation.get_by_role("button", name="Execute").click()
    picture = operation.get_by_role("img", name="chart")
    expect(picture).to_be_in_viewport()
    assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 300
    assert complaints == []


def test_every_main_parameter_exists(client: FlaskClient) -> None:
    with client.get("/static/docs.js") as answer:
        names = re.findall(r'"(\w+)"', answer.text.partition("new Set([")[2].partition("]")[0])
    assert set(names) <= {one["name"] for item in OPERATIONS.values() for one in item["parameters"]}


def test_every_operation_is_shown_with_its_id(page: Page, complaints: list[str]) -> None:
    page.goto("/docs")
    expect(page.locator(".opblock")).to_have_count(len(OPERATIONS))
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
    for path in ("/", "/docs", "/static/docs.js", "/static/docs.css", "/static/landing.css"):
        with client.get(path) as answer:
            assert "//" not in answer.text
