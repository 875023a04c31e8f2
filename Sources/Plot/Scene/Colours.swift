/// A colour and how much of it covers what lies below.
struct Colour {
    let red: UInt8
    let green: UInt8
    let blue: UInt8
    var opacity = 1.0

    init(_ code: UInt32, opacity: Double = 1) {
        red = UInt8(code >> 16 & 0xff)
        green = UInt8(code >> 8 & 0xff)
        blue = UInt8(code & 0xff)
        self.opacity = opacity
    }

    /// Such as `#0072b2`.
    var hex: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(part, radix: 16)
                return part < 16 ? "0" + digits : digits
            }
            .joined()
    }
}

/// The colours of drawings in pixels, on white or on black.
enum Colours {
    /// Told apart by people with any kind of colour vision, after Okabe and Ito
    /// (https://jfly.uni-koeln.de/color/): on white and on black.
    static let series: [(light: UInt32, dark: UInt32)] = [
        (0x0072b2, 0x56b4e9), (0xd55e00, 0xff8c42), (0x00805c, 0x2fcf9f), (0xb0487f, 0xe79ac3), (0x8a6d00, 0xf0c742),
        (0x444444, 0xd0d0d0),
    ]

    /// Behind text: pale on white, deep on black.
    static let states: [(light: UInt32, dark: UInt32)] = [
        (0x9fd0ee, 0x14507a), (0xf8c08a, 0x7a3d10), (0xa6dfc6, 0x135c45), (0xe7b7d2, 0x6b2a50), (0xf2e089, 0x665208),
        (0xc9c9c9, 0x4a4a4a), (0xb9b5ea, 0x3b3580), (0xd3e39a, 0x4a5a12), (0x8fd9d9, 0x0f5c60), (0xf0a6a0, 0x7a2620),
        (0xd9c2a4, 0x5c4424), (0xe3e3e3, 0x303030),
    ]

    static func of(_ paint: Scene.Paint, dark: Bool) -> Colour {
        func pick(_ light: UInt32, _ black: UInt32, opacity: Double = 1) -> Colour {
            Colour(dark ? black : light, opacity: opacity)
        }
        switch paint {
        case .background: return pick(0xffffff, 0x14161a)
        case .axis: return pick(0x555555, 0xaaaaaa)
        case .grid: return pick(0xe4e4e4, 0x2c3036)
        case .gap: return pick(0xdcdcdc, 0x3a3d42)
        case .mark: return pick(0x9b1c1c, 0xff8a80)
        case .several: return pick(0x5a5a5a, 0xb5b5b5)
        case .event: return pick(0x111111, 0xf5f5f5)
        case .series(let number):
            let pair = series[number % series.count]
            return pick(pair.light, pair.dark)
        case .reach(let number):
            let pair = series[number % series.count]
            return pick(pair.light, pair.dark, opacity: 0.22)
        case .state(let number):
            let pair = states[number % states.count]
            return pick(pair.light, pair.dark)
        }
    }

    static func of(_ ink: Scene.Ink, dark: Bool) -> Colour {
        switch ink {
        case .plain, .strong, .inside: Colour(dark ? 0xeeeeee : 0x1a1a1a)
        case .muted: Colour(dark ? 0xbbbbbb : 0x4a4a4a)
        }
    }
}
