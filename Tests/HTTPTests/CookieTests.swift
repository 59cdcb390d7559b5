import HTTP
import Testing

@Suite("RFC 6265: cookies in and out")
struct CookieTests {
    private func cookies(_ fields: String...) -> [String] {
        var headers = Headers()
        for field in fields { headers.add("cookie", field) }
        return Cookie.all(in: headers).map { "\($0.name)=\($0.value)" }
    }

    @Test("§4.2.1: pairs in order, over all fields, quotes around a value taken off")
    func pairs() {
        #expect(cookies("a=b; c=d") == ["a=b", "c=d"])
        #expect(cookies("a=b;c=d;", "e=f") == ["a=b", "c=d", "e=f"])
        #expect(cookies("a=\"b\"; c=\"\"; d=") == ["a=b", "c=", "d="])
        #expect(cookies("a=b=c; __Host-x=y") == ["a=b=c", "__Host-x=y"])
        #expect(cookies() == [])
    }

    @Test("What other software of the host has set malformed is skipped, not refused")
    func malformed() {
        #expect(cookies("a; =b; c d=e; f=g h; i=\"j; k=l,m; n=o\\p; q=r\"s; ok=1; t=u\t") == ["ok=1", "t=u"])
    }

    @Test("GHSA-mq4x-r2w3-j7mr: of two cookies of one name neither counts")
    func planted() {
        #expect(Cookie.value(of: "s", in: ["Cookie": "s=1; t=2"]) == "1")
        #expect(Cookie.value(of: "s", in: ["Cookie": "s=1; t=2; s=3"]) == nil)
        #expect(Cookie.value(of: "s", in: ["Cookie": "t=2"]) == nil)
        #expect(Cookie.value(of: "S", in: ["Cookie": "s=1"]) == nil, "names are case-sensitive")
    }

    @Test("§4.1: how a cookie is set")
    func setting() {
        #expect(
            SetCookie(name: "__Host-s", value: "abc", maxAge: 60, isSecure: true)?.fieldValue
                == "__Host-s=abc; Path=/; Max-Age=60; HttpOnly; Secure; SameSite=Lax")
        #expect(
            SetCookie(name: "s", value: "", path: "/a", isSecure: false, sameSite: .strict)?.fieldValue
                == "s=; Path=/a; HttpOnly; SameSite=Strict")
        #expect(SetCookie(name: "s", value: "", maxAge: -5, isSecure: false)?.fieldValue.contains("Max-Age=0;") == true)
    }

    @Test("§4.1.1, GHSA-7fj7-39wj-c64f: nothing in a cookie can end it or begin another field")
    func unsettable() {
        for evil in ["a;b", "a\r\nX: y", "a b", "a,b", "a\"", "a\\", "ä", "a\0"] {
            #expect(SetCookie(name: "s", value: evil, isSecure: true) == nil)
            #expect(SetCookie(name: evil, value: "s", isSecure: true) == nil)
        }
        for path in ["", "a", "/;Domain=b", "/\r\n", "/ä"] {
            #expect(SetCookie(name: "s", value: "", path: path, isSecure: true) == nil)
        }
        #expect(SetCookie(name: "", value: "", isSecure: true) == nil)
        #expect(SetCookie(name: "a=b", value: "", isSecure: true) == nil)
    }

    @Test("RFC 6265bis §4.1.3: what browsers would refuse cannot be made")
    func prefixes() {
        #expect(SetCookie(name: "__Host-s", value: "", isSecure: false) == nil)
        #expect(SetCookie(name: "__Host-s", value: "", path: "/a", isSecure: true) == nil)
        #expect(SetCookie(name: "__host-s", value: "", isSecure: false) == nil)
        #expect(SetCookie(name: "__Secure-s", value: "", isSecure: false) == nil)
        #expect(SetCookie(name: "s", value: "", isSecure: false, sameSite: .none) == nil)
    }
}
