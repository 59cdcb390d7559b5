internal import Configuration
internal import JOSE

/// `martlet help`.
enum HelpCommand {
    static func run(_ call: Invocation) throws {
        let text = try HelpText.text(on: call.operands)
        Terminal.print(call.wantsJSON ? HelpText.json(on: call.operands).description + "\n" : text)
    }
}
