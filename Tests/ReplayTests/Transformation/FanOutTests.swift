import DeviceProtocol
import MQTTWire
import Tape
import Testing

@testable import Replay

struct FanOutTests {
    private static let id = "6B1F7C1A-0D3E-4C55-9A3E-2F6F6F0A0001"

    @Test func `copies have ids of their own that follow from the first`() throws {
        #expect(FanOut.id(of: "lamp", copy: 0) == "lamp")
        #expect(FanOut.id(of: "lamp", copy: 1) == "lamp-2")
        let copy = FanOut.id(of: DeviceID(Self.id), copy: 1)
        #expect(copy == FanOut.id(of: DeviceID(Self.id), copy: 1))
        #expect(copy != FanOut.id(of: DeviceID(Self.id), copy: 2))
        #expect(copy.text == copy.text.uppercased())
        #expect(Array(copy.text)[14] == "8")
        #expect("89AB".contains(Array(copy.text)[19]))
    }

    @Test func `each copy is a whole fleet`() throws {
        let fanned = try Transforming {
            $0.transformation.fanOut.copies = 2
            $0.transformation.fanOut.spread = 1_000
            $0.transformation.knownDevices = ["lamp", "gateway"]
            try $0.map("lamp", "tower")
        }
        let sent = try fanned([
            SampleTape.message(
                "v1/device/lamp/update", payload: #"{"parent_id":"gateway","device_id":"child-9"}"#,
                [.userProperty(name: "device_id", value: "lamp")]),
            SampleTape.message("elsewhere", at: 2_000),
        ])
        #expect(sent.map(\.topic) == ["v1/device/tower/update", "v1/device/tower-2/update", "elsewhere", "elsewhere"])
        #expect(sent.map(\.offset) == [0, 500, 2_000, 2_500])
        #expect(
            String(decoding: sent[1].payload, as: UTF8.self) == #"{"parent_id":"gateway-2","device_id":"child-9-2"}"#)
        #expect(sent[1].properties.userProperty("device_id") == "tower-2")
        #expect(sent[1].device == "tower-2")
    }

    @Test func `a copy that would be another device is refused`() throws {
        var fanOut = FanOut()
        fanOut.copies = 3
        try fanOut.check(replaying: ["lamp", "lamp-4", "x-2"])
        #expect(throws: DeviceMappingError.copyIsDevice(device: "lamp", copies: 3, copy: "lamp-3")) {
            try fanOut.check(replaying: ["lamp", "lamp-3"])
        }
    }

    @Test func `what lies too far apart is refused with its flag`() throws {
        var fanOut = FanOut()
        fanOut.copies = 2
        fanOut.spread = 1_000_000
        var window = FanOutWindow(fanOut, byteLimit: 10_000)
        func admitted(_ offset: Int64) -> MessagePreparation.Admitted {
            let message = SampleTape.message("t", payload: String(repeating: "x", count: 3_000))
            return MessagePreparation.Admitted(
                message: message, facts: TopicFacts("t"), direction: .deviceToCloud, offset: offset, isState: false)
        }
        for offset in 0..<3 {
            try window.add(admitted(Int64(offset)))
            while window.next(atEnd: false) != nil {}
        }
        let error = #expect(throws: FanOutOverflow.self) { try window.add(admitted(3)) }
        #expect(error?.description.contains("--fan-out-spread") == true)
    }

    @Test func `what is done is let go`() throws {
        var fanOut = FanOut()
        fanOut.copies = 3
        fanOut.spread = 30
        var window = FanOutWindow(fanOut)
        for offset in 0..<10_000 {
            try window.add(
                MessagePreparation.Admitted(
                    message: SampleTape.message("t"), facts: TopicFacts("t"), direction: .deviceToCloud,
                    offset: Int64(offset), isState: false))
            while window.next(atEnd: false) != nil {}
            #expect(window.held.messages <= 21)
        }
        while window.next(atEnd: true) != nil {}
        #expect(window.held == (0, 0))
    }
}
