"""Pages as a person sees them: headless Chromium, light and dark, desktop and phone."""

import http.server
import os
import pathlib
import threading
import urllib.parse

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from martlet import new_verifier

SCREENSHOTS = os.environ.get("MARTLET_SCREENSHOTS")


@pytest.fixture(scope="module")
def relying_party():
    """A page at the redirect URI, so that the browser has somewhere to go."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Relying party</title><p id=here>You are back.")

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/cb"
    server.shutdown()


@pytest.fixture(params=["light", "dark", "phone"])
def driver(request):
    options = webdriver.ChromeOptions()
    size = "390,844" if request.param == "phone" else "1280,900"
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--window-size={size}"):
        options.add_argument(argument)
    if request.param == "dark":
        options.add_argument("--force-dark-mode")
        options.add_argument("--blink-settings=preferredColorScheme=0")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options)
    driver.appearance = request.param
    yield driver
    driver.quit()


def shot(driver, name):
    if SCREENSHOTS:
        pathlib.Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(f"{SCREENSHOTS}/{name}-{driver.appearance}.png")


def complaints(driver):
    """What the browser's console says against our pages: a refused style, a blocked form. That a wrong password has
    an error status is no complaint."""
    return [
        entry for entry in driver.get_log("browser")
        if "favicon" not in entry["message"] and "/login - Failed to load resource" not in entry["message"]]


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_login_and_consent(server, user, relying_party, driver, mode):
    """The walk of a user: log in, allow, arrive at the client; no console complaint on the way."""
    client = server.client(name="Harbour Books", redirectUris=[relying_party], clientUri="https://books.example")
    driver.get(server.authorize_url(client, new_verifier(), response_mode=mode, scope="openid profile email"))
    assert "Harbour Books" in driver.page_source
    shot(driver, "login")
    driver.find_element(By.NAME, "username").send_keys(user["username"])
    password = driver.find_element(By.NAME, "password")
    assert password.get_attribute("autocomplete") == "current-password"
    password.send_keys("wrong password")
    password.submit()
    WebDriverWait(driver, 20).until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=alert]"))
    shot(driver, "login-wrong")
    password = driver.find_element(By.NAME, "password")
    password.send_keys(user["password"])
    password.submit()
    allow = WebDriverWait(driver, 20).until(
        lambda d: d.find_elements(By.XPATH, "//button[normalize-space()='Allow']"))[0]
    shot(driver, "consent")
    assert complaints(driver) == []
    allow.click()
    WebDriverWait(driver, 20).until(lambda d: d.title == "Relying party")
    if mode == "query":
        answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(driver.current_url).query))
        assert answer["code"].startswith("mlt_ac_") and answer["iss"] == server.issuer
    assert complaints(driver) == []


def test_other_pages(server, user, relying_party, driver):
    """Landing page, error pages and the account page are readable."""
    driver.get(server.issuer + "/")
    shot(driver, "landing")
    driver.get(server.issuer + "/errors/invalid_request")
    shot(driver, "error-code")
    driver.get(server.issuer + "/api/v1/oauth2/authorize?client_id=nobody")
    shot(driver, "error")
    driver.get(server.issuer + "/login")
    driver.find_element(By.NAME, "username").send_keys(user["username"])
    driver.find_element(By.NAME, "password").send_keys(user["password"])
    driver.find_element(By.NAME, "password").submit()
    WebDriverWait(driver, 20).until(lambda d: "/account" in d.current_url)
    shot(driver, "account")
    for entry in complaints(driver):
        assert "400" in entry["message"] and "/authorize" in entry["message"], entry
