/// For Python 3, with nothing but its standard library.
extension CodeExample {
    var python: String {
        switch flow {
        case .code: pythonCode
        case .clientCredentials: pythonCredentials
        case .device: pythonDevice
        }
    }

    private var pythonHead: String {
        #"""
        ISSUER = \#(Self.literal(issuer))
        CLIENT_ID = \#(Self.literal(clientID))
        CLIENT_SECRET = os.environ["CLIENT_SECRET"]
        """#
    }

    /// A form to an endpoint, as the client.
    private var pythonPost: String {
        #"""
        def post(path, form):
            request = urllib.request.Request(ISSUER + path, urllib.parse.urlencode(form).encode())
            basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
            request.add_header("Authorization", "Basic " + basic)
            try:
                return json.load(urllib.request.urlopen(request))
            except urllib.error.HTTPError as error:
                return json.load(error)
        """#
    }

    private var pythonCode: String {
        #"""
        import base64, hashlib, http.server, json, os, secrets, urllib.error, urllib.parse, urllib.request

        \#(pythonHead)
        REDIRECT_URI = \#(Self.literal(Self.redirectURI))


        \#(pythonPost)


        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        state = secrets.token_urlsafe(16)
        print("Open this address in a browser:")
        print(ISSUER + "/api/v1/oauth2/authorize?" + urllib.parse.urlencode({
            "response_type": "code", "client_id": CLIENT_ID, "redirect_uri": REDIRECT_URI,
            "scope": "openid profile email", "state": state,
            "code_challenge": challenge, "code_challenge_method": "S256"}), flush=True)

        answer = {}


        class Callback(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                url = urllib.parse.urlsplit(self.path)
                if url.path == "/callback":
                    answer.update(urllib.parse.parse_qsl(url.query))
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"You can close this page.")


        with http.server.HTTPServer(("127.0.0.1", urllib.parse.urlsplit(REDIRECT_URI).port), Callback) as server:
            while not answer:
                server.handle_request()
        if answer.get("state") != state or "code" not in answer:
            raise SystemExit("No code: " + answer.get("error", "an answer to another request"))

        tokens = post("/api/v1/oauth2/token", {
            "grant_type": "authorization_code", "code": answer["code"], "code_verifier": verifier,
            "redirect_uri": REDIRECT_URI})
        print(json.dumps(tokens, indent=2))
        request = urllib.request.Request(ISSUER + "/api/v1/oauth2/userinfo")
        request.add_header("Authorization", "Bearer " + tokens["access_token"])
        print(json.dumps(json.load(urllib.request.urlopen(request)), indent=2))
        """#
    }

    private var pythonCredentials: String {
        #"""
        import base64, json, os, urllib.error, urllib.parse, urllib.request

        \#(pythonHead)


        \#(pythonPost)


        print(json.dumps(post("/api/v1/oauth2/token", {"grant_type": "client_credentials"}), indent=2))
        """#
    }

    private var pythonDevice: String {
        #"""
        import base64, json, os, time, urllib.error, urllib.parse, urllib.request

        \#(pythonHead)


        \#(pythonPost)


        device = post("/api/v1/oauth2/device-authorization", {"scope": "openid profile"})
        print("Open this address in a browser, on whatever device:")
        print(device["verification_uri_complete"], flush=True)
        interval = device.get("interval", 5)
        while True:
            time.sleep(interval)
            answer = post("/api/v1/oauth2/token", {
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": device["device_code"]})
            if answer.get("error") == "slow_down":
                interval += 5
            elif answer.get("error") != "authorization_pending":
                break
        print(json.dumps(answer, indent=2))
        """#
    }
}
