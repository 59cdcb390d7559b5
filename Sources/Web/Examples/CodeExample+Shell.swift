import HTTP

/// For a shell: each is one compound command, which is read whole before it runs. So it can be pasted where `read` would
/// otherwise take its own next line, and no failure ends the shell that it was pasted into.
extension CodeExample {
    var shell: String {
        switch flow {
        case .code: shellCode
        case .clientCredentials: shellCredentials
        case .device: shellDevice
        }
    }

    private var shellHead: String {
        #"""
        ( set -eu
        : "${CLIENT_SECRET:?is not set; put the secret of your client there}"
        ISSUER=\#(Self.shellWord(issuer))
        CLIENT_ID=\#(Self.shellWord(clientID))
        """#
    }

    private var shellCode: String {
        let query = FormEncoder.encode([
            FormParameter(name: "response_type", value: "code"), FormParameter(name: "client_id", value: clientID),
            FormParameter(name: "redirect_uri", value: Self.redirectURI),
            FormParameter(name: "scope", value: "openid profile email"),
            FormParameter(name: "code_challenge_method", value: "S256"),
        ])
        return #"""
            \#(shellHead)
            REDIRECT_URI=\#(Self.shellWord(Self.redirectURI))
            VERIFIER=$(openssl rand -base64 48 | tr -d '\n' | tr '+/' '-_')
            CHALLENGE=$(printf %s "$VERIFIER" | openssl dgst -sha256 -binary | openssl base64 -A | tr '+/' '-_' | tr -d '=')
            STATE=$(openssl rand -hex 16)

            echo 'Open this address in a browser:'
            echo "$ISSUER/api/v1/oauth2/authorize?"\#(Self.shellWord(query))"&code_challenge=$CHALLENGE&state=$STATE"
            echo 'The browser ends at an address that it cannot open. Paste that address here:'
            read -r ANSWER
            case "$ANSWER" in *"state=$STATE"*) ;; *) echo 'That is no answer to this request.' >&2; exit 1 ;; esac
            CODE=$(printf %s "$ANSWER" | sed -n 's/.*[?&]code=\([^&]*\).*/\1/p')

            TOKENS=$(curl -sS -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=authorization_code -d "code=$CODE" \
                -d "code_verifier=$VERIFIER" --data-urlencode "redirect_uri=$REDIRECT_URI" "$ISSUER/api/v1/oauth2/token")
            echo "$TOKENS"
            ACCESS_TOKEN=$(printf %s "$TOKENS" | sed -n 's/.*"access_token": *"\([^"]*\)".*/\1/p')
            curl -sS -H "Authorization: Bearer $ACCESS_TOKEN" "$ISSUER/api/v1/oauth2/userinfo"
            echo )
            """#
    }

    private var shellCredentials: String {
        #"""
        \#(shellHead)
        curl -sS -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials "$ISSUER/api/v1/oauth2/token"
        echo )
        """#
    }

    private var shellDevice: String {
        #"""
        \#(shellHead)
        member() { printf %s "$ANSWER" | sed -n 's/.*"'"$1"'": *"\{0,1\}\([^",}]*\).*/\1/p'; }

        ANSWER=$(curl -sS -u "$CLIENT_ID:$CLIENT_SECRET" --data-urlencode 'scope=openid profile' \
            "$ISSUER/api/v1/oauth2/device-authorization")
        DEVICE_CODE=$(member device_code)
        INTERVAL=$(member interval)
        echo 'Open this address in a browser, on whatever device:'
        echo "$(member verification_uri_complete)"
        while :; do
            sleep "$INTERVAL"
            ANSWER=$(curl -sS -u "$CLIENT_ID:$CLIENT_SECRET" -d "device_code=$DEVICE_CODE" \
                -d grant_type=urn:ietf:params:oauth:grant-type:device_code "$ISSUER/api/v1/oauth2/token")
            case "$ANSWER" in
                *'"authorization_pending"'*) ;;
                *'"slow_down"'*) INTERVAL=$((INTERVAL + 5)) ;;
                *) break ;;
            esac
        done
        echo "$ANSWER" )
        """#
    }
}
