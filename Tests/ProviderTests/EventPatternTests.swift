import Testing

@testable import Provider

@Suite("Event types as webhooks name them")
struct EventPatternTests {
    @Test("every type, every beginning of one and all of them are known; what could match nothing is not")
    func known() {
        for type in EventType.allCases.map(\.rawValue) {
            #expect(EventPattern.isKnown(type) && EventPattern.isValid(type), "\(type)")
        }
        for pattern in ["*", "oauth2.*", "oauth2.token.*", "user.*", "user.login.*"] {
            #expect(EventPattern.isKnown(pattern) && EventPattern.isValid(pattern), "\(pattern)")
        }
        for pattern in [
            "", "oauth2", "oauth2.", "oauth2.token", "oauth2.tokens.*", "oauth2.token.issued.*", "user.created.*",
            "user.creatd", "User.created", "*.created", "**", "user.*.*", "webhook.*",
        ] {
            #expect(!EventPattern.isKnown(pattern), "\(pattern)")
        }
        #expect(Set(EventPattern.known).count == EventPattern.known.count)
    }

    @Test("events say their types from the vocabulary")
    func vocabulary() {
        #expect(Event.userLocked(UserID("x")).type == "user.locked")
        #expect(Event.keyRotated(kid: "k", algorithm: .es256).type == "oauth2.key.rotated")
        #expect(Event.loginFailed(nil).type == EventType.loginFailed.rawValue)
    }
}
