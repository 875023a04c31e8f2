import Foundation

/// Certificates for one test, made by `openssl` while it runs.
struct Certificates {
    private let workspace: Workspace

    init(_ workspace: Workspace) throws {
        self.workspace = workspace
        try makeAuthority("ca")
    }

    /// The authority that the broker's and the clients' certificates are signed by.
    var authority: String { path("ca.pem") }

    func path(_ name: String) -> String { workspace.path(name) }

    /// Makes an authority of that name: NAME.pem and NAME.key.
    func makeAuthority(_ name: String) throws {
        try openssl([
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=\(name)", "-keyout", path("\(name).key"), "-out", path("\(name).pem"),
        ])
    }

    /// Makes a certificate: NAME.pem and NAME.key; `days` below zero for one that has expired.
    func make(_ name: String, names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 2, by authority: String = "ca")
        throws
    {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path("\(name).key"), "-out", path("\(name).csr"),
        ])
        let extensions = try workspace.write("\(name).ext", "subjectAltName=\(names)\n")
        try openssl([
            "x509", "-req", "-in", path("\(name).csr"), "-CA", path("\(authority).pem"), "-CAkey",
            path("\(authority).key"), "-CAcreateserial", "-days", "\(days)", "-extfile", extensions, "-out",
            path("\(name).pem"),
        ])
    }

    private func openssl(_ arguments: [String]) throws {
        let child = try ChildProcess("openssl", arguments, in: workspace)
        guard try child.wait() == 0 else { throw Failure("openssl \(arguments[0]): \(child.errors)") }
    }
}

extension PrivateBroker {
    /// Starts a broker with a second listener for TLS; `more` are further lines of that listener.
    static func secure(
        _ workspace: Workspace, _ certificates: Certificates, server: String = "server", more: String = ""
    ) throws -> (broker: PrivateBroker, port: UInt16) {
        let port = try freePort()
        let broker = try PrivateBroker(
            workspace,
            settings: """
                listener \(port) 127.0.0.1
                cafile \(certificates.authority)
                certfile \(certificates.path("\(server).pem"))
                keyfile \(certificates.path("\(server).key"))
                \(more)
                """)
        return (broker, port)
    }
}
