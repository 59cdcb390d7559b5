/// For Node.js 18 and later, as a module (`.mjs`), with nothing but what it has.
extension CodeExample {
    var javaScript: String {
        switch flow {
        case .code: javaScriptCode
        case .clientCredentials: javaScriptCredentials
        case .device: javaScriptDevice
        }
    }

    private var javaScriptHead: String {
        #"""
        const ISSUER = \#(Self.literal(issuer));
        const CLIENT_ID = \#(Self.literal(clientID));
        const CLIENT_SECRET = process.env.CLIENT_SECRET;
        if (!CLIENT_SECRET) throw new Error("CLIENT_SECRET is not set; put the secret of your client there");
        """#
    }

    /// A form to an endpoint, as the client.
    private var javaScriptPost: String {
        #"""
        async function post(path, form) {
          const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
          const response = await fetch(ISSUER + path, {
            method: "POST", headers: { Authorization: `Basic ${basic}` }, body: new URLSearchParams(form),
          });
          return response.json();
        }
        """#
    }

    private var javaScriptCode: String {
        #"""
        import { createHash, randomBytes } from "node:crypto";
        import { createServer } from "node:http";

        \#(javaScriptHead)
        const REDIRECT_URI = \#(Self.literal(Self.redirectURI));

        \#(javaScriptPost)

        const verifier = randomBytes(48).toString("base64url");
        const challenge = createHash("sha256").update(verifier).digest("base64url");
        const state = randomBytes(16).toString("base64url");
        console.log("Open this address in a browser:");
        console.log(`${ISSUER}/api/v1/oauth2/authorize?` + new URLSearchParams({
          response_type: "code", client_id: CLIENT_ID, redirect_uri: REDIRECT_URI, scope: "openid profile email", state,
          code_challenge: challenge, code_challenge_method: "S256",
        }));

        const answer = await new Promise((resolve) => {
          const server = createServer((request, response) => {
            const url = new URL(request.url, REDIRECT_URI);
            response.setHeader("Connection", "close");
            response.end("You can close this page.");
            if (url.pathname === "/callback") {
              server.close();
              resolve(url.searchParams);
            }
          }).listen(new URL(REDIRECT_URI).port, "127.0.0.1");
        });
        if (answer.get("state") !== state || !answer.has("code")) {
          throw new Error("No code: " + (answer.get("error") ?? "an answer to another request"));
        }

        const tokens = await post("/api/v1/oauth2/token", {
          grant_type: "authorization_code", code: answer.get("code"), code_verifier: verifier, redirect_uri: REDIRECT_URI,
        });
        console.log(JSON.stringify(tokens, null, 2));
        const user = await fetch(`${ISSUER}/api/v1/oauth2/userinfo`, {
          headers: { Authorization: `Bearer ${tokens.access_token}` },
        });
        console.log(JSON.stringify(await user.json(), null, 2));
        """#
    }

    private var javaScriptCredentials: String {
        #"""
        \#(javaScriptHead)

        \#(javaScriptPost)

        const tokens = await post("/api/v1/oauth2/token", { grant_type: "client_credentials" });
        console.log(JSON.stringify(tokens, null, 2));
        """#
    }

    private var javaScriptDevice: String {
        #"""
        \#(javaScriptHead)

        \#(javaScriptPost)

        const device = await post("/api/v1/oauth2/device-authorization", { scope: "openid profile" });
        console.log("Open this address in a browser, on whatever device:");
        console.log(device.verification_uri_complete);
        let interval = device.interval ?? 5;
        let answer;
        do {
          await new Promise((resolve) => setTimeout(resolve, interval * 1000));
          answer = await post("/api/v1/oauth2/token", {
            grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: device.device_code,
          });
          if (answer.error === "slow_down") interval += 5;
        } while (["authorization_pending", "slow_down"].includes(answer.error));
        console.log(JSON.stringify(answer, null, 2));
        """#
    }
}
