/// The bytes that the forms of tokens are spelled with.
enum ASCII {
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let minus: UInt8 = 0x2d
    static let point: UInt8 = 0x2e
    static let zero: UInt8 = 0x30
    static let letterT: UInt8 = 0x54
}
