import Testing

@testable import Report

@Suite struct `The style of a stream` {
    private func style(_ variables: [String: String], columns: Int? = 80, colour: Style.Colour = .auto)
        -> Style
    {
        Style.suiting(columns: columns, colour: colour) { variables[$0] }
    }

    @Test(arguments: [
        (["TERM": "xterm-256color", "LANG": "en_US.UTF-8"], Style.Charset.unicode),
        (["TERM": "xterm-256color", "LANG": "C.utf8"], .unicode),
        (["TERM": "xterm-256color"], .ascii),
        (["TERM": "xterm", "LANG": "en_US.UTF-8", "LC_ALL": "C"], .ascii),
        (["TERM": "xterm", "LANG": "C", "LC_ALL": "", "LC_CTYPE": "de_DE.UTF-8"], .unicode),
        (["TERM": "linux", "LANG": "en_US.UTF-8"], .ascii),
        (["TERM": "vt220", "LANG": "en_US.UTF-8"], .ascii),
        (["TERM": "vt100", "LANG": "en_US.UTF-8"], .ascii),
    ])
    func `marks are ASCII where the font may lack them`(variables: [String: String], charset: Style.Charset) {
        #expect(style(variables).charset == charset)
    }

    @Test(
        arguments: [
            (["TERM": "xterm"], 80, Style.Colour.auto, true),
            (["TERM": "xterm"], nil, .auto, false),
            (["TERM": "xterm"], nil, .always, true),
            (["TERM": "xterm"], 80, .never, false),
            (["TERM": "dumb"], 80, .auto, false),
            (["TERM": "xterm", "NO_COLOR": "1"], 80, .auto, false),
            (["TERM": "xterm", "NO_COLOR": ""], 80, .auto, true),
            (["TERM": "xterm", "NO_COLOR": "1"], 80, .always, true),
        ] as [([String: String], Int?, Style.Colour, Bool)])
    func `colour is for terminals that want it`(
        variables: [String: String], columns: Int?, colour: Style.Colour, isColoured: Bool
    ) {
        #expect(style(variables, columns: columns, colour: colour).isColoured == isColoured)
    }
}
