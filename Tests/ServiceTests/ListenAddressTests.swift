import Service
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        ("9464", "127.0.0.1:9464", true), ("localhost:0", "127.0.0.1:0", true), ("127.1.2.3:80", "127.1.2.3:80", true),
        ("[::1]:9464", "[::1]:9464", true), ("0.0.0.0:9464", "0.0.0.0:9464", false), ("[::]:1", "[::]:1", false),
        ("192.0.2.7:65535", "192.0.2.7:65535", false),
    ])
    func `a port alone is on loopback, another host must be written`(text: String, url: String, isLoopback: Bool) throws
    {
        let address = try ListenAddress(text)
        #expect(address.description == url)
        #expect(address.isLoopback == isLoopback)
    }

    @Test(arguments: [
        "", ":", "x", "70000", "-1", "+1", "host:1", "::1:9464", "[::1]", "1.2.3.4:", "[x]:1", "1.2.3:4:5",
    ])
    func `what is no address is refused in a sentence that names it`(text: String) {
        #expect(performing: { try ListenAddress(text) }, throws: { "\($0)".contains("`\(text)`") })
    }
}
