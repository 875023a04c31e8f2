/// What all reports for a browser have in common: one file that fetches nothing and runs nothing.
enum HTMLPage {
    /// Everything up to the first element of the body.
    ///
    /// - Parameters:
    ///   - title: the page's title, any text.
    ///   - style: its style sheet.
    /// - Returns: HTML.
    static func beginning(title: String, style: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <meta name="generator" content="tapedeck">
        <title>\(HTMLText.escaped(title))</title>
        <style>\(style)</style>
        </head>
        <body>
        """
    }
}
