"""Pages as a person meets them: headless Chromium; light and dark, desktop and phone, English and German, by keyboard
alone, without scripts. With MARTLET_SCREENSHOTS every page leaves its picture in that directory."""

import base64
import hashlib
import http.server
import os
import pathlib
import re
import secrets
import subprocess
import threading
import time
import urllib.parse

import jwt
import pyotp
import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions
from selenium.webdriver.support.ui import WebDriverWait

from martlet import API, Browser, Server, link_of, new_verifier

SCREENSHOTS = os.environ.get("MARTLET_SCREENSHOTS")
SCHEMES = ["light", "dark"]
WIDTHS = [1280, 390, 320]


@pytest.fixture(scope="module")
def server():
    """Of its own, and one that believes each test to come from an address of its own: wrong passwords make it wait."""
    server = Server(MARTLET_TRUSTED_PROXIES="127.0.0.1/32").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def user(server):
    return server.user(name="Anna Example", email="anna@example.org", emailVerified=True)


@pytest.fixture(scope="module")
def relying_party():
    """A page at the redirect URI, so that the browser has somewhere to go."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.seen.append((self.path, self.headers.get("Cookie")))
            self.send_response(200)
            if self.path.startswith("/cb"):
                self.send_header("Set-Cookie", "rp=in; Path=/; SameSite=Lax")
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Relying party</title><p id=here>You are back.")

        def do_POST(self):
            self.server.posted = dict(urllib.parse.parse_qsl(
                self.rfile.read(int(self.headers["Content-Length"])).decode()))
            self.do_GET()

        def log_message(self, *_):
            pass

    party = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    party.uri = f"http://127.0.0.1:{party.server_port}/cb"
    party.seen = []
    threading.Thread(target=party.serve_forever, daemon=True).start()
    yield party
    party.shutdown()
    party.server_close()


@pytest.fixture(scope="module")
def client(server, relying_party):
    return server.client(
        name="Harbour Books", redirectUris=[relying_party.uri], clientUri="https://books.example",
        policyUri="https://books.example/privacy", tosUri="https://books.example/terms")


class Chromium(webdriver.Chrome):
    """A browser whose eyes, size, language and scripts can be changed while it runs."""

    def command(self, name, **parameters):
        return self.execute_cdp_cmd(name, parameters)

    def renew(self):
        """As if it had never been here."""
        self.get("about:blank")
        self.command("Network.clearBrowserCookies")
        self.command("Emulation.setScriptExecutionDisabled", value=False)
        self.command("Network.enable")
        self.address = f"198.18.{secrets.randbits(8)}.{secrets.randbits(8)}"
        self.look()
        self.speak("en")
        self.get_log("browser")

    def look(self, scheme="light", width=1280):
        self.scheme, self.width = scheme, width
        # Without motion, or colours would be looked at while they change.
        self.command("Emulation.setEmulatedMedia", media="", features=[
            {"name": "prefers-color-scheme", "value": scheme}, {"name": "prefers-reduced-motion", "value": "reduce"}])
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=844 if width < 500 else 900, deviceScaleFactor=1,
            mobile=width < 500)

    def speak(self, language):
        headers = {"Accept-Language": language, "X-Forwarded-For": self.address}
        self.command("Network.setExtraHTTPHeaders", headers=headers)
        self.language = language

    def shot(self, name):
        if SCREENSHOTS:
            directory = pathlib.Path(SCREENSHOTS)
            directory.mkdir(parents=True, exist_ok=True)
            picture = self.command("Page.captureScreenshot", captureBeyondViewport=True)["data"]
            (directory / f"{name}-{self.language}-{self.scheme}-{self.width}.png").write_bytes(base64.b64decode(picture))

    def until(self, condition):
        """Waits for a whole page of which the condition is true."""
        def holds(_):
            try:
                return self.execute_script("return document.readyState") == "complete" and condition(self)
            except StaleElementReferenceException:
                return False
            except WebDriverException as error:
                # Between two pages.
                if "does not belong to the document" in str(error) or "context" in str(error):
                    return False
                raise

        return WebDriverWait(self, 20, poll_frequency=0.05).until(holds)

    def field(self, name):
        return self.find_element(By.NAME, name)

    def log_in(self, username, password):
        field = self.field("username")
        field.clear()
        field.send_keys(username)
        password_field = self.field("password")
        password_field.send_keys(password)
        self.execute_script("window.isLeft = true")
        password_field.submit()
        self.until(lambda _: self.execute_script("return !window.isLeft"))

    def press(self, value):
        """Presses the button that has this value, and waits for the next page."""
        self.execute_script("window.isLeft = true")
        self.find_element(By.CSS_SELECTOR, f"button[value='{value}']").click()
        self.until(lambda _: self.execute_script("return !window.isLeft"))

    def send(self, **values):
        """Fills in fields and sends their form."""
        for name, value in values.items():
            field = self.field(name)
            field.clear()
            field.send_keys(value)
        self.execute_script("window.isLeft = true")
        field.submit()
        self.until(lambda _: self.execute_script("return !window.isLeft"))

    def complaints(self):
        """What the console says against our pages: a refused style, a blocked form. That a page has an error status is no
        complaint."""
        return [
            entry for entry in self.get_log("browser")
            if "favicon" not in entry["message"] and "Failed to load resource: the server responded" not in
            entry["message"]]


@pytest.fixture(scope="module")
def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Named, so that Selenium does not look for one to download.
    chromium = Chromium(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    yield chromium
    chromium.quit()


@pytest.fixture
def driver(chromium):
    chromium.renew()
    return chromium


# What is wrong with a page, seen by whoever cannot see it well: a list of sentences. Contrast by WCAG 2.2 §1.4.3 and
# §1.4.11, reflow by §1.4.10, targets by §2.5.8, labels by §1.3.1, language by §3.1.1.
FAULTS = r"""
const faults = [];
const parse = text => {
  const numbers = text.match(/[\d.]+/g).map(Number);
  return {rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : 1};
};
const over = (top, bottom) => top.rgb.map((value, i) => value * top.alpha + bottom[i] * (1 - top.alpha));
const luminance = rgb => {
  const [r, g, b] = rgb.map(value => value / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + .05) / (low + .05);
};
const behind = element => {
  const layers = [];
  for (let e = element; e; e = e.parentElement) {
    const layer = parse(getComputedStyle(e).backgroundColor);
    layers.push(layer);
    if (layer.alpha === 1) break;
  }
  return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
};
const name = e => `<${e.tagName.toLowerCase()}${e.id ? ' #' + e.id : ''}> ${(e.textContent || '').trim().slice(0, 40)}`;
const isSeen = e => e.getClientRects().length > 0 && getComputedStyle(e).visibility === 'visible';

const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
let texts = 0;
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !isSeen(element) || element.closest('script, style')) continue;
  texts += 1;
  const style = getComputedStyle(element);
  const back = behind(element);
  const ratio = contrast(over(parse(style.color), back), back);
  if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${name(element)}`);
  if (parseFloat(style.fontSize) < 12) faults.push(`text of ${style.fontSize}: ${name(element)}`);
}
if (texts < 4) faults.push('hardly any text was looked at');

const width = document.documentElement.clientWidth;
if (document.scrollingElement.scrollWidth > width) faults.push(`scrolls sideways: ${document.scrollingElement.scrollWidth}`);
for (const element of document.body.querySelectorAll('*')) {
  // What a frame of its own scrolls may be wider than that.
  if (!isSeen(element) || element.parentElement.closest('pre')) continue;
  const box = element.getBoundingClientRect();
  if (box.right > width + .5 || box.left < -.5) faults.push(`beyond the edge: ${name(element)}`);
}

for (const input of document.querySelectorAll('input:not([type=hidden]), select, textarea')) {
  const label = [...input.labels].map(l => l.textContent.trim()).join('');
  if (!label) faults.push(`no label: ${input.name}`);
  if (['checkbox', 'radio'].includes(input.type)) continue;
  const style = getComputedStyle(input), inside = behind(input), outside = behind(input.parentElement);
  const text = contrast(over(parse(style.color), inside), inside);
  if (text < 4.5) faults.push(`contrast ${text.toFixed(2)} in ${input.name}`);
  const edge = contrast(over(parse(style.borderTopColor), outside), outside);
  if (edge < 3) faults.push(`edge of ${input.name}: ${edge.toFixed(2)}`);
}
for (const target of document.querySelectorAll('button, a.button, input:not([type=hidden]), textarea, summary')) {
  const box = (['checkbox', 'radio'].includes(target.type) ? target.closest('label') : target).getBoundingClientRect();
  if (box.height < 44 || box.width < 44) faults.push(`small target: ${name(target)} ${box.width}x${box.height}`);
}
for (const button of document.querySelectorAll('button, a')) {
  if (!button.textContent.trim()) faults.push('a button or link without words');
}
if (!document.documentElement.lang) faults.push('no language');
if (!document.title) faults.push('no title');
if (document.querySelectorAll('h1').length !== 1) faults.push('not one h1');
if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
for (const picture of document.querySelectorAll('svg, img')) {
  const words = picture.getAttribute('role') === 'img' ? picture.getAttribute('aria-label') : picture.getAttribute('alt');
  if (picture.getAttribute('aria-hidden') !== 'true' && !words) faults.push('a picture without words');
}
const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
if (new Set(ids).size !== ids.length) faults.push('an id twice');
for (const e of document.querySelectorAll('[aria-describedby]')) {
  for (const id of e.getAttribute('aria-describedby').split(' ')) {
    if (!document.getElementById(id)) faults.push('described by nothing');
  }
}
return faults;
"""

# The ring around what has the focus: its width, and its contrast to what it lies on (WCAG 2.2 §2.4.13).
RING = FAULTS[:FAULTS.index("const walker")] + r"""
const element = document.activeElement;
if (element === document.body) return null;
const style = getComputedStyle(element), back = behind(element.parentElement);
const drawn = style.outlineStyle !== 'none' ? parseFloat(style.outlineWidth) : 0;
const box = element.getBoundingClientRect();
const top = box.top + scrollY;
return {what: name(element) + (element.name || '') + (element.value || '') + Math.round(top), width: drawn, top,
        contrast: contrast(over(parse(style.outlineColor), back), back)};
"""

# What a keyboard must reach.
FOCUSABLE = """
const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, summary, [tabindex="0"]')];
// Of radio buttons Tab reaches the one that is chosen.
return all.filter(e => !e.disabled && e.checkVisibility({contentVisibilityAuto: true}) && (e.type !== 'radio' || e.checked)).length;
"""


def pages(driver, server, user, client):
    """Leads through every page that there is; stops at each with its name."""
    address = server.issuer
    request = server.authorize_url(client, new_verifier(), scope="openid profile email")
    driver.get(address + "/")
    yield "landing"
    driver.execute_script("document.querySelectorAll('details').forEach(e => e.open = true)")
    yield "landing-examples"
    driver.get(address + "/nothing-is-here")
    yield "not-found"
    for code in ("invalid_request", "unmet_authentication_requirements", "temporarily_unavailable"):
        driver.get(f"{address}/errors/{code}")
        yield "error-code-" + code
    driver.get(address + API + "/authorize?client_id=nobody")
    yield "error-unknown-client"
    driver.get(server.authorize_url(client, new_verifier(), redirect_uri="https://elsewhere.example/cb"))
    yield "error-redirect-uri"

    driver.get(request)
    yield "login"
    waiting = driver.current_url
    driver.log_in("somebody" * 30, "wrong password")
    yield "login-long-name"
    driver.log_in(user["username"], "wrong password")
    yield "login-wrong"
    driver.log_in(user["username"], user["password"])
    yield "consent"
    driver.get(address + "/login?request=unknown")
    yield "request-unknown"
    driver.get(address + "/account")
    yield "account"
    driver.get(address + "/login")
    yield "login-again"
    driver.get(server.authorize_url(client, new_verifier(), prompt="select_account"))
    yield "login-select-account"

    device = server.public_client(
        name="Television", redirectUris=None, grantTypes=["urn:ietf:params:oauth:grant-type:device_code"])
    begun = server.post("/device-authorization", {"scope": "openid profile email"}, device).json()
    driver.get(address + "/device")
    yield "device"
    driver.get(address + "/device?user_code=BBBB-BBBB")
    yield "device-wrong"
    driver.get(begun["verification_uri_complete"])
    yield "device-question"
    driver.press("allow")
    yield "device-allowed"

    sharing = server.user(name="Anna Example")
    driver.command("Network.clearBrowserCookies")
    driver.get(address + "/account")
    driver.log_in(sharing["username"], sharing["password"])
    driver.get(address + "/account?section=applications")
    yield "applications-none"
    driver.get(address + "/account?section=sessions")
    yield "sessions-one"
    for allowed in (client, device):
        made = server.manage("POST", "/oauth2/consents", json={
            "clientId": allowed["clientId"], "userId": sharing["id"], "scopes": ["openid", "profile", "offline_access"]})
        assert made.status_code == 201, made.text
    Browser(server, sharing).log_in()
    driver.get(address + "/account?section=applications")
    yield "applications"
    driver.get(address + "/account?section=sessions")
    yield "sessions"

    leaving = server.client(
        name="Harbour Books", redirectUris=client["redirectUris"], postLogoutRedirectUris=["http://127.0.0.1/bye"])
    driver.get(address + API + "/logout?" + urllib.parse.urlencode({
        "client_id": leaving["clientId"], "post_logout_redirect_uri": "http://127.0.0.1/bye"}))
    yield "logout"
    driver.press("logout")
    driver.get(address + API + "/logout")
    yield "signed-out"

    twofold = server.user(name="Anna Example")
    driver.command("Network.clearBrowserCookies")
    driver.get(address + "/account?section=factors")
    driver.log_in(twofold["username"], twofold["password"])
    yield "factors-off"
    driver.press("propose_authenticator")
    yield "factors-confirm"
    secret = driver.find_element(By.CSS_SELECTOR, "code.secret").text
    driver.field("code").send_keys("000000")
    driver.press("confirm_authenticator")
    yield "factors-wrong-code"
    totp = pyotp.TOTP(secret.replace(" ", ""))
    driver.field("code").send_keys(totp.now())
    driver.press("confirm_authenticator")
    yield "factors-recovery-codes"
    recovery = driver.find_element(By.CSS_SELECTOR, ".recovery code").text
    driver.get(address + "/account?section=factors")
    yield "factors-on"
    driver.command("Network.clearBrowserCookies")
    driver.get(request)
    driver.log_in(twofold["username"], twofold["password"])
    yield "second-step"
    driver.field("code").send_keys("000000")
    driver.press("second_step")
    yield "second-step-wrong"
    driver.field("code").send_keys(recovery)
    driver.press("second_step")
    assert "/consent" in driver.current_url

    long = server.client(
        name="Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
        redirectUris=["https://a-rather-long-name-of-a-host." + "subdomain." * 6 + "example/cb"])
    driver.get(server.authorize_url(long, new_verifier()))
    yield "consent-long-names"
    first_party = server.client(redirectUris=client["redirectUris"], firstParty=True)
    # The page would send itself on at once.
    driver.command("Emulation.setScriptExecutionDisabled", value=True)
    driver.get(server.authorize_url(first_party, new_verifier(), response_mode="form_post"))
    yield "form-post"
    driver.command("Emulation.setScriptExecutionDisabled", value=False)

    driver.command("Network.clearBrowserCookies")
    driver.get(waiting)
    yield "request-over"
    yield from account_pages(driver, server)
    yield from application_pages(driver, server, user)
    victim = server.user()
    driver.get(address + "/login")
    for _ in range(12):
        driver.log_in(victim["username"], "wrong password")
        if {"en": "Please wait ", "de": "warten Sie"}[driver.language] in driver.page_source:
            break
    else:
        raise AssertionError("not throttled")
    # The first wait is of one second.
    assert not re.search(r"\b1 (seconds|Sekunden)", driver.page_source)
    yield "login-throttled"


def application_pages(driver, server, user):
    """From the wish for a client to its credentials, and the administrator between."""
    address = server.issuer
    mailbox = f"requester-{secrets.token_hex(6)}@example.org"
    driver.get(address + "/")
    driver.find_element(By.CSS_SELECTOR, "a[href='/applications/new']").click()
    driver.until(lambda d: d.current_url.endswith("/applications/new"))
    yield "application-form"
    driver.send(
        name="Harbour Books", redirect_uris="javascript:alert(1)", email=mailbox,
        description="A shop for books.\nPeople sign in to see their orders.")
    assert driver.switch_to.active_element.get_attribute("name") == "redirect_uris"
    yield "application-form-refused"
    driver.send(
        redirect_uris="https://books.example/callback\nhttps://a-rather-long-name-of-a-host." + "subdomain." * 6
        + "example/callback")
    yield "application-sent"
    asked = server.manage("GET", "/applications?email=" + mailbox).json()["items"][0]
    assert asked["name"] == "Harbour Books" and len(asked["redirectUris"]) == 2
    review = f"{address}/applications/{asked['id']}"

    driver.command("Network.clearBrowserCookies")
    driver.get(review)
    driver.log_in(user["username"], user["password"])
    yield "applications-forbidden"
    administrator = server.user(name="Ada Example", roles=["admin"])
    driver.command("Network.clearBrowserCookies")
    driver.get(review)
    driver.log_in(administrator["username"], administrator["password"])
    assert driver.current_url == address + "/applications"
    yield "applications-open"
    driver.get(review)
    yield "application-review"
    driver.press("approve")
    yield "application-approved"
    driver.get(review + "?late=1")
    yield "application-late"
    other = server.asked()
    driver.get(f"{address}/applications/{other['id']}")
    driver.field("reason").send_keys("Which company is it?")
    driver.press("refuse")
    yield "application-refused"
    driver.get(address + "/applications?show=all")
    yield "applications-all"

    def resent(d):
        # The mail is there a moment before its row says so; until then no other link is to be had.
        d.get(review)
        d.press("resend")
        return d.current_url.endswith("?resent=1")
    driver.until(resent)
    yield "application-resent"

    link = link_of(server.mail(mailbox, 2))
    driver.command("Network.clearBrowserCookies")
    driver.get(link)
    yield "credentials-link"
    driver.find_element(By.CSS_SELECTOR, "main button").submit()
    driver.until(lambda d: d.find_elements(By.CSS_SELECTOR, "code.secret"))
    yield "credentials"
    driver.get(link)
    yield "credentials-over"


def account_pages(driver, server):
    """From nothing to an account, a confirmed address, and a new password."""
    address = server.issuer
    name = "nina" + secrets.token_hex(6)
    mailbox = f"{name}@example.org"
    driver.get(address + "/signup")
    yield "signup"
    driver.send(username=name, email=mailbox, password="password1234")
    yield "signup-common-password"
    driver.send(password="korrektes Pferd Batterie")
    yield "signup-done"
    confirmation = link_of(server.mail(mailbox))

    driver.get(address + "/login")
    driver.log_in(name, "korrektes Pferd Batterie")
    yield "account-not-confirmed"
    driver.send(birthdate="yesterday")
    assert driver.field("birthdate").get_attribute("aria-invalid") == "true"
    yield "account-wrong-birthdate"
    driver.send(current_password="wrong password", new_password="noch ein langes Passwort")
    assert driver.switch_to.active_element.get_attribute("name") == "current_password"
    yield "account-wrong-password"
    driver.send(name="Nina", website="https://nina.example")
    assert "done=profile" in driver.current_url and "Nina" in driver.find_element(By.TAG_NAME, "h1").text
    yield "account-saved"

    driver.get(address + "/verify-email")
    yield "verify-email"
    driver.send(email="nobody@example.org")
    yield "verify-email-sent"
    driver.get(confirmation)
    yield "verify-email-link"
    driver.find_element(By.CSS_SELECTOR, "main button").submit()
    driver.until(lambda d: "done" in d.current_url)
    yield "verify-email-done"

    driver.get(address + "/reset-password")
    yield "reset-password"
    driver.send(username=mailbox)
    yield "reset-password-sent"
    reset = link_of(server.mail(mailbox, 2))
    driver.get(reset)
    driver.send(password="too short")
    yield "reset-password-link"
    driver.send(password="noch ein langes Passwort")
    yield "reset-password-done"
    driver.get(reset)
    yield "reset-password-over"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_can_be_read(server, user, client, driver, language):
    """WCAG 2.2, levels A and AA: in both schemes and three widths no page has a fault that can be computed, and the console
    has nothing to complain of."""
    driver.speak(language)
    seen = []
    for page in pages(driver, server, user, client):
        seen.append(page)
        if not page.startswith("error-code"):  # Those are for developers, in English.
            assert driver.find_element(By.TAG_NAME, "html").get_attribute("lang") == language, page
        for scheme in SCHEMES:
            for width in WIDTHS:
                driver.look(scheme, width)
                driver.shot(page)
                assert driver.execute_script(FAULTS) == [], (page, scheme, width)
        driver.look()
        assert driver.complaints() == [], page
    assert len(seen) == len(set(seen)) == 67


def test_the_faults_are_found(driver):
    """The other half of the test above: a page with faults is not passed."""
    driver.get("data:text/html," + urllib.parse.quote(
        "<p style='color:#888;background:#fff'>grey</p><input name=a><div style='width:3000px'>wide</div><button></button>"))
    faults = "\n".join(driver.execute_script(FAULTS))
    for words in ("contrast 3.54", "no label: a", "scrolls sideways", "without words", "no language", "not one h1",
                  "small target"):
        assert words in faults, faults


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_keyboard_reaches_everything(server, user, client, driver, scheme):
    """WCAG 2.2 §2.1.1, §2.4.3, §2.4.7: Tab goes through all that can be used, downwards, under a ring that is seen."""
    driver.look(scheme)
    for page in pages(driver, server, user, client):
        if page in ("login-throttled", "login-long-name"):
            continue
        driver.execute_script("document.body.tabIndex = -1; document.body.focus()")
        rings = []
        for _ in range(driver.execute_script(FOCUSABLE)):
            ActionChains(driver).send_keys(Keys.TAB).perform()
            rings.append(driver.execute_script(RING))
        assert None not in rings and len({ring["what"] for ring in rings}) == len(rings), (page, rings)
        assert all(ring["width"] >= 2 and ring["contrast"] >= 3 for ring in rings), (page, rings)
        assert [ring["top"] for ring in rings] == sorted(ring["top"] for ring in rings), (page, rings)


@pytest.mark.parametrize("mode", ["query", "form_post"])
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_login_and_consent_by_keyboard(server, client, relying_party, driver, mode, scripts):
    """The walk of a user who has no mouse, with scripts and without: log in, allow, arrive at the client; no console
    complaint on the way."""
    driver.command("Emulation.setScriptExecutionDisabled", value=not scripts)
    relying_party.posted = None
    user = server.user()

    def keys(*keys):
        ActionChains(driver).send_keys(*keys).perform()

    def focused():
        return driver.switch_to.active_element

    driver.get(server.authorize_url(client, new_verifier(), response_mode=mode, scope="openid profile email", state="s1"))
    assert "Harbour Books" in driver.page_source
    assert driver.field("password").get_attribute("autocomplete") == "current-password"
    assert focused().get_attribute("name") == "username"
    keys(user["username"], Keys.TAB, "wrong password", Keys.ENTER)
    driver.until(lambda d: d.find_elements(By.CSS_SELECTOR, "[role=alert]"))
    # The name is kept, and the cursor stands where the mistake was.
    assert driver.field("username").get_attribute("value") == user["username"]
    assert focused().get_attribute("name") == "password"
    keys(user["password"], Keys.ENTER)
    driver.until(lambda d: "/consent" in d.current_url)
    for _ in range(10):
        keys(Keys.TAB)
        if focused().text == "Allow":
            break
    assert focused().text == "Allow" and driver.complaints() == []
    keys(Keys.ENTER)
    if mode == "form_post" and not scripts:
        driver.until(lambda d: d.find_elements(By.XPATH, "//button[normalize-space()='Continue']"))
        keys(Keys.TAB, Keys.TAB, Keys.ENTER)
    driver.until(lambda d: d.title == "Relying party")
    answer = relying_party.posted or dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(driver.current_url).query))
    assert (relying_party.posted is not None) == (mode == "form_post")
    assert answer["code"].startswith("mlt_ac_") and answer["iss"] == server.issuer and answer["state"] == "s1"
    assert driver.complaints() == []


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_front_channel_logout(server, relying_party, driver, scripts):
    """OpenID Connect Front-Channel Logout §3 in a real browser: the frames of all relying parties of the session are loaded
    with their own cookies, and then the browser goes on, without a script; the console has nothing to complain of."""
    origin = relying_party.uri.removesuffix("/cb")
    clients = [
        server.client(
            redirectUris=[relying_party.uri], firstParty=True, postLogoutRedirectUris=[origin + "/bye"],
            frontchannelLogoutUri=f"{origin}/out?party={number}", frontchannelLogoutSessionRequired=True)
        for number in (1, 2)]
    driver.get(server.authorize_url(clients[0], new_verifier()))
    user = server.user()
    driver.log_in(user["username"], user["password"])
    driver.until(lambda d: d.title == "Relying party")
    verifier = new_verifier()
    driver.get(server.authorize_url(clients[1], verifier))
    driver.until(lambda d: d.title == "Relying party")
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(driver.current_url).query))["code"]
    id_token = server.redeem(clients[1], code, verifier).json()["id_token"]
    sid = jwt.decode(id_token, options={"verify_signature": False})["sid"]

    driver.command("Emulation.setScriptExecutionDisabled", value=not scripts)
    relying_party.seen.clear()
    driver.get(server.issuer + API + "/logout?" + urllib.parse.urlencode({
        "id_token_hint": id_token, "post_logout_redirect_uri": origin + "/bye", "state": "s2"}))
    driver.shot("signed-out-telling")
    assert driver.complaints() == []
    driver.until(lambda d: d.title == "Relying party")
    assert driver.current_url == origin + "/bye?state=s2"
    told = {path: cookie for path, cookie in relying_party.seen if path.startswith("/out")}
    issuer = urllib.parse.quote(server.issuer, safe="")
    assert set(told) == {f"/out?party={number}&iss={issuer}&sid={sid}" for number in (1, 2)}
    # (Cookies know no ports, so those of the server are there, too.)
    assert all("rp=in" in cookie for cookie in told.values())
    assert driver.complaints() == []
    driver.get(server.issuer + "/account")
    assert "/login" in driver.current_url


def test_logout_by_a_form_of_another_site(server, relying_party, driver):
    """RP-Initiated Logout §2 by POST: browsers send no cookie along with a form of another site (localhost is another than
    127.0.0.1), and the user is logged out all the same."""
    client = server.client(
        redirectUris=[relying_party.uri], firstParty=True,
        postLogoutRedirectUris=[relying_party.uri.replace("/cb", "/bye")])
    verifier = new_verifier()
    driver.get(server.authorize_url(client, verifier))
    user = server.user()
    driver.log_in(user["username"], user["password"])
    driver.until(lambda d: d.title == "Relying party")
    code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(driver.current_url).query))["code"]
    id_token = server.redeem(client, code, verifier).json()["id_token"]
    driver.get(relying_party.uri.replace("127.0.0.1", "localhost").replace("/cb", "/app"))
    driver.execute_script("""
        const form = document.createElement('form');
        [form.method, form.action] = ['post', arguments[0]];
        for (const [name, value] of Object.entries(arguments[1])) {
          const field = document.createElement('input');
          [field.name, field.value] = [name, value];
          form.append(field);
        }
        document.body.append(form);
        form.submit();
        """, server.issuer + API + "/logout", {
            "id_token_hint": id_token, "post_logout_redirect_uri": client["postLogoutRedirectUris"][0], "state": "s3"})
    driver.until(lambda d: "/bye" in d.current_url)
    assert driver.current_url == client["postLogoutRedirectUris"][0] + "?state=s3"
    driver.get(server.issuer + "/account")
    assert "/login" in driver.current_url


def test_an_authenticator_reads_the_code_on_the_page(server, driver, tmp_path):
    """RFC 6238 with others' parts: zbarimg reads the QR code as it is drawn, pyotp makes the passwords of it, and they let
    in; in dark, where the ground must stay white."""
    user = server.user(username="zoë" + secrets.token_hex(4))
    driver.look("dark", 390)
    driver.get(server.issuer + "/account?section=factors")
    driver.log_in(user["username"], user["password"])
    driver.press("propose_authenticator")
    picture = tmp_path / "qr.png"
    picture.write_bytes(driver.find_element(By.CSS_SELECTOR, "svg.qr").screenshot_as_png)
    uri = subprocess.run(
        ["zbarimg", "--quiet", "--raw", picture], capture_output=True, text=True, check=True, timeout=30).stdout.strip()
    totp = pyotp.parse_uri(uri)
    assert totp.name == user["username"] and totp.digits == 6 and totp.interval == 30
    assert totp.secret == driver.find_element(By.CSS_SELECTOR, "code.secret").text.replace(" ", "")
    now = time.time()
    driver.field("code").send_keys(totp.at(now))
    driver.press("confirm_authenticator")
    assert len(driver.find_elements(By.CSS_SELECTOR, ".recovery code")) == 10

    driver.command("Network.clearBrowserCookies")
    driver.get(server.issuer + "/login")
    driver.log_in(user["username"], user["password"])
    # That of the next step: the present one has been used, and the server's clock may be ahead by one.
    driver.field("code").send_keys(totp.at(now + 30))
    driver.press("second_step")
    assert "/account" in driver.current_url


def test_access_is_taken_back(server, client, driver):
    """What the account page lists is there, and what is taken back is gone at once: an application's tokens, a login in
    another browser, every login but this one. Without scripts."""
    user = server.user()
    elsewhere = Browser(server, user)
    elsewhere.session.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1"
    tokens = server.tokens(client, elsewhere, scope="openid email offline_access")
    others = [Browser(server, user) for _ in range(2)]
    for other in others:
        other.log_in()
    driver.command("Emulation.setScriptExecutionDisabled", value=True)
    driver.get(server.issuer + "/account")
    driver.field("username").send_keys(user["username"])
    driver.field("password").send_keys(user["password"], Keys.ENTER)
    driver.until(lambda d: d.find_elements(By.PARTIAL_LINK_TEXT, "Applications"))

    def press(value, gone):
        driver.find_element(By.CSS_SELECTOR, f"button[value='{value}']").click()
        driver.until(lambda d: gone not in d.page_source)

    def is_in(browser):
        return browser.get(server.issuer + "/account").status_code == 200

    driver.find_element(By.PARTIAL_LINK_TEXT, "Applications").click()
    driver.until(lambda d: "Harbour Books" in d.page_source)
    assert "See your e-mail address" in driver.page_source
    assert server.introspect(client, tokens["refresh_token"])["active"]
    press("revoke_consent", gone="Harbour Books")
    assert not server.introspect(client, tokens["refresh_token"])["active"]
    assert not server.introspect(client, tokens["access_token"])["active"]

    driver.find_element(By.PARTIAL_LINK_TEXT, "account").click()
    driver.until(lambda d: d.find_elements(By.PARTIAL_LINK_TEXT, "Where you are signed in"))
    driver.find_element(By.PARTIAL_LINK_TEXT, "Where you are signed in").click()
    driver.until(lambda d: "Safari on iPhone" in d.page_source)
    items = driver.find_elements(By.CSS_SELECTOR, ".plainlist li")
    assert len(items) == 4
    present = [item for item in items if "this browser" in item.text]
    assert len(present) == 1 and not present[0].find_elements(By.TAG_NAME, "button")
    phone = next(item for item in items if "Safari on iPhone" in item.text)
    phone.find_element(By.TAG_NAME, "button").click()
    driver.until(lambda d: "Safari on iPhone" not in d.page_source)
    assert [is_in(browser) for browser in [elsewhere, *others]] == [False, True, True]
    press("end_other_sessions", gone="Sign out everywhere else")
    assert [is_in(browser) for browser in others] == [False, False]
    assert len(driver.find_elements(By.CSS_SELECTOR, ".plainlist li")) == 1
    assert driver.complaints() == []


@pytest.fixture
def authenticator(driver):
    """Chromium's virtual authenticator: a phone that is unlocked whenever somebody asks."""
    options = VirtualAuthenticatorOptions(
        protocol="ctap2", transport="internal", has_resident_key=True, has_user_verification=True,
        is_user_verified=True, is_user_consenting=True)
    driver.add_virtual_authenticator(options)
    yield driver
    driver.remove_virtual_authenticator()


@pytest.fixture(scope="module")
def named_server():
    """Browsers make passkeys for names only."""
    server = Server(MARTLET_TRUSTED_PROXIES="127.0.0.1/32")
    server.issuer = server.direct = f"http://localhost:{server.port}"
    server.start()
    yield server
    server.remove()


def test_passkeys(named_server, authenticator, relying_party):
    """WebAuthn Level 2 §7.1, §7.2 with a browser's own authenticator: made on the account page, used for a login without a
    name or a password, said so in the ID token, refused when its counter goes back, and taken away."""
    server, driver = named_server, authenticator
    user = server.user(name="Anna Example")
    client = server.client(redirectUris=[relying_party.uri], firstParty=True)

    def with_passkey():
        form = driver.find_element(By.CSS_SELECTOR, "form[data-passkey=get]")
        assert form.is_displayed()
        driver.execute_script("window.isLeft = true")
        form.find_element(By.TAG_NAME, "button").click()
        driver.until(lambda _: driver.execute_script("return !window.isLeft"))

    driver.get(server.issuer + "/account?section=factors")
    driver.log_in(user["username"], user["password"])
    driver.shot("passkeys-none")
    driver.field("name").send_keys("Blue phone")
    driver.execute_script("window.isLeft = true")
    driver.find_element(By.CSS_SELECTOR, "form[data-passkey=create] button").click()
    driver.until(lambda _: driver.execute_script("return !window.isLeft"))
    assert "Blue phone" in driver.page_source
    for scheme in SCHEMES:
        for width in WIDTHS:
            driver.look(scheme, width)
            driver.shot("passkeys-one")
            assert driver.execute_script(FAULTS) == [], (scheme, width)
    driver.look()
    assert driver.complaints() == []

    driver.command("Network.clearBrowserCookies")
    verifier = new_verifier()
    driver.get(server.authorize_url(client, verifier, acr_values="urn:martlet:acr:2fa"))
    driver.shot("login-passkey")
    with_passkey()
    driver.until(lambda d: d.title == "Relying party")
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(driver.current_url).query))
    tokens = server.redeem(client, answer["code"], verifier).json()
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert claims["sub"] == user["id"] and claims["acr"] == "urn:martlet:acr:2fa"
    assert claims["amr"] == ["pop", "user", "mfa"]

    # The same key in another authenticator, whose counter is behind: a copy.
    credential = driver.get_credentials()[0]
    driver.remove_all_credentials()
    parts = {name: getattr(credential, name) for name in ("id", "rp_id", "user_handle", "private_key")}
    copy = Credential.create_resident_credential(
        urlsafe_bytes(parts["id"]), parts["rp_id"], urlsafe_bytes(parts["user_handle"]), urlsafe_bytes(parts["private_key"]), 0)
    driver.add_credential(copy)
    driver.command("Network.clearBrowserCookies")
    driver.get(server.issuer + "/login")
    with_passkey()
    assert "not accepted" in driver.page_source

    driver.remove_all_credentials()
    driver.get(server.issuer + "/account?section=factors")
    driver.log_in(user["username"], user["password"])
    driver.press("remove_passkey")
    assert "Blue phone" not in driver.page_source
    assert driver.complaints() == []


def urlsafe_bytes(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.mark.parametrize("mode", ["fragment", "form_post"])
def test_tokens_for_an_application_in_the_browser(server, user, relying_party, driver, mode):
    """OpenID Connect Core §3.3: a hybrid answer reaches a page by its address or by a form; the page verifies it and asks
    UserInfo itself (CORS); nothing of it reaches the relying party's server by the fragment."""
    client = server.client(
        name="Harbour Books", type="PUBLIC", profile="legacy", redirectUris=[relying_party.uri],
        grantTypes=["authorization_code", "implicit"], responseTypes=["code", "id_token", "code id_token token"])
    relying_party.posted = None
    mode = {} if mode == "fragment" else {"response_mode": mode}
    driver.get(server.authorize_url(
        client, new_verifier(), response_type="token code id_token", nonce="n-1", state="s1", scope="openid profile",
        **mode))
    driver.log_in(user["username"], user["password"])
    driver.until(lambda d: "/consent" in d.current_url)
    driver.find_element(By.XPATH, "//button[normalize-space()='Allow']").click()
    driver.until(lambda d: d.title == "Relying party")
    parts = urllib.parse.urlsplit(driver.current_url)
    assert parts.query == "" and (relying_party.posted is None) == (not mode)
    answer = relying_party.posted or dict(urllib.parse.parse_qsl(parts.fragment))
    assert answer["state"] == "s1" and answer["iss"] == server.issuer and answer["code"].startswith("mlt_ac_")
    key = jwt.PyJWKClient(server.issuer + "/.well-known/jwks.json").get_signing_key_from_jwt(answer["id_token"])
    claims = jwt.decode(
        answer["id_token"], key.key, algorithms=["RS256"], audience=client["clientId"], issuer=server.issuer)
    for name, value in (("at_hash", answer["access_token"]), ("c_hash", answer["code"])):
        digest = hashlib.sha256(value.encode()).digest()[:16]
        assert claims[name] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert claims["nonce"] == "n-1" and claims["sub"] == user["id"]
    # Those of the test are none that a page may send elsewhere.
    driver.command("Network.setExtraHTTPHeaders", headers={})
    info = driver.execute_async_script(
        "const [address, token, done] = arguments;"
        "fetch(address, {headers: {Authorization: 'Bearer ' + token}}).then(a => a.json()).then(done, e => done(String(e)))",
        server.issuer + API + "/userinfo", answer["access_token"])
    assert info["name"] == "Anna Example", info
    assert driver.complaints() == []
