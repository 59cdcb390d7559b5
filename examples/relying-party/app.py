"""A small relying party: it logs its visitor in at an OpenID provider and shows who that is.

Settings are environment variables: ISSUER, CLIENT_ID, CLIENT_SECRET, and LISTEN (host:port). Without CLIENT_SECRET, but
with ADMIN_CLIENT_ID and ADMIN_CLIENT_SECRET, it registers itself as a new client first. With RESOURCE, the name of a
resource server, its access tokens are for that one, too, and /contracts shows what it answers at RESOURCE_URL.
"""

import os
import secrets
from urllib.parse import urlencode

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, redirect, render_template, session, url_for

ISSUER = os.environ.get("ISSUER", "http://127.0.0.1:8080")
HOST, _, PORT = os.environ.get("LISTEN", "127.0.0.1:9090").rpartition(":")
CALLBACK = os.environ.get("REDIRECT_URI", f"http://127.0.0.1:{PORT}/callback")
HOME = os.environ.get("POST_LOGOUT_REDIRECT_URI", f"http://127.0.0.1:{PORT}/")
RESOURCE = os.environ.get("RESOURCE")
RESOURCE_URL = os.environ.get("RESOURCE_URL", f"{RESOURCE}/resource")
SCOPE = "openid profile email" + (" contracts:read" if RESOURCE else "")
# RFC 8707: the service that the access token is for.
FOR_RESOURCE = {"resource": RESOURCE} if RESOURCE else {}


def credentials():
    """Client id and secret: given, or of a client registered just now."""
    if os.environ.get("CLIENT_SECRET"):
        return os.environ.get("CLIENT_ID", "demo"), os.environ["CLIENT_SECRET"]
    administrator = os.environ.get("ADMIN_CLIENT_ID"), os.environ.get("ADMIN_CLIENT_SECRET")
    if not all(administrator):
        raise SystemExit("Set CLIENT_SECRET: the demo client's secret, printed at the provider's first start.")
    answer = requests.post(
        f"{ISSUER}/api/v1/oauth2/clients",
        auth=administrator,
        json={
            "name": "Example relying party",
            "redirectUris": [CALLBACK],
            "postLogoutRedirectUris": [HOME],
            "allowedScopes": SCOPE.split(),
            "grantTypes": ["authorization_code"],
            "allowedResources": list(FOR_RESOURCE.values()),
        },
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["clientId"], answer.json()["clientSecret"]


app = Flask(__name__)
app.secret_key = secrets.token_bytes(32)
# Cookies do not know ports: beside a provider on the same host the name must be its own.
app.config.update(SESSION_COOKIE_NAME="relying-party", SESSION_COOKIE_SAMESITE="Lax")

# Tokens by session: they are nobody's business, not even the browser's.
tokens = {}

client_id, client_secret = credentials()
oauth = OAuth(app)
oauth.register(
    "provider",
    client_id=client_id,
    client_secret=client_secret,
    server_metadata_url=f"{ISSUER}/.well-known/openid-configuration",
    client_kwargs={"scope": SCOPE, "code_challenge_method": "S256"},
)


@app.get("/")
def home():
    return render_template("home.html", user=session.get("user"), issuer=ISSUER, resource=RESOURCE)


@app.get("/login")
def login():
    return oauth.provider.authorize_redirect(CALLBACK, **FOR_RESOURCE)


@app.get("/callback")
def callback():
    """Redeems the code, checks the ID token (signature, issuer, audience, nonce) and asks userinfo for the rest."""
    try:
        token = oauth.provider.authorize_access_token(**FOR_RESOURCE)
    except OAuthError as error:
        return render_template("home.html", user=None, issuer=ISSUER, error=error.description or error.error), 400
    session["id"] = secrets.token_urlsafe(16)
    tokens[session["id"]] = token
    session["user"] = dict(token["userinfo"]) | dict(oauth.provider.userinfo(token=token))
    return redirect(url_for("home"))


@app.get("/contracts")
def contracts():
    """Asks the resource server on the user's behalf."""
    token = tokens.get(session.get("id"))
    if not RESOURCE or not token:
        return redirect(url_for("home"))
    answer = requests.get(RESOURCE_URL, headers={"Authorization": f"Bearer {token['access_token']}"}, timeout=10)
    if answer.status_code != 200:
        error = f"{answer.status_code} {answer.headers.get('WWW-Authenticate', '')}"
        return render_template("home.html", user=session.get("user"), issuer=ISSUER, error=error), 502
    return render_template("home.html", user=session["user"], issuer=ISSUER, contracts=answer.json()["contracts"])


@app.post("/logout")
def logout():
    """Ends the session here, then at the provider (OpenID Connect RP-Initiated Logout 1.0), which sends the user back."""
    token = tokens.pop(session.get("id"), None)
    session.clear()
    endpoint = oauth.provider.load_server_metadata().get("end_session_endpoint")
    if not token or not endpoint:
        return redirect(url_for("home"))
    hint = {"id_token_hint": token["id_token"], "post_logout_redirect_uri": HOME}
    return redirect(f"{endpoint}?{urlencode(hint)}", code=303)


if __name__ == "__main__":
    app.run(host=HOST, port=int(PORT))
