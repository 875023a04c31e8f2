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

    /// When a certificate is valid.
    enum Validity {
        case now
        case past
        case future

        fileprivate var arguments: [String] {
            switch self {
            case .now: ["-days", "2"]
            case .past: ["-startdate", "20200101000000Z", "-enddate", "20200102000000Z"]
            case .future: ["-startdate", "24000101000000Z", "-enddate", "24010101000000Z"]
            }
        }
    }

    /// Makes a certificate: NAME.pem and NAME.key.
    func make(
        _ name: String, names: String = "DNS:localhost,IP:127.0.0.1", validity: Validity = .now,
        by authority: String = "ca"
    ) throws {
        try openssl([
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path("\(name).key"), "-out", path("\(name).csr"),
        ])
        let extensions = try workspace.write("\(name).ext", "subjectAltName=\(names)\n")
        // `openssl ca` and not `openssl x509`, which since version 3.5 makes no certificate that has expired.
        let issued = try workspace.write("\(name).issued", "")
        let settings = try workspace.write(
            "\(name).cnf",
            """
            [ca]
            default_ca = authority
            [authority]
            database = \(issued)
            new_certs_dir = \(path("."))
            rand_serial = yes
            default_md = sha256
            policy = policy
            [policy]
            commonName = supplied
            """)
        try openssl(
            [
                "ca", "-batch", "-notext", "-config", settings, "-cert", path("\(authority).pem"), "-keyfile",
                path("\(authority).key"), "-in", path("\(name).csr"), "-extfile", extensions, "-out",
                path("\(name).pem"),
            ] + validity.arguments)
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
