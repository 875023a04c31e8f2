import DeviceProtocol
import JSONScan
import MQTTWire
import Testing

@Suite struct SampleDecodingTests {
    @Test(arguments: Sample.prose)
    func `a sample that is prose is kept as no JSON`(_ sample: Sample) {
        let decoded = sample.decoded
        #expect(decoded.kind == sample.kind)
        #expect(decoded.device == Sample.device)
        #expect(decoded.unknown == Unknown(payload: sample.bytes))
        #expect(decoded.findings.map(\.code) == ["invalid_json"])
    }

    @Test func `the vendor's telemetry is read`() {
        let decoded = Sample.firstGeneration[0].decoded
        #expect(decoded.direction == .deviceToCloud)
        #expect(decoded.directionEvidence == .userProperty)
        #expect(decoded.telemetry?.status == "online")
        #expect(decoded.telemetry?.metrics.map(\.key) == ["fan_speed", "connection", "usbc"])
        #expect(decoded.telemetry?.metrics.map(\.value.description) == ["100.1", #""4g""#, "true"])
        #expect(decoded.deviceTime?.timestamp?.rfc3339 == "2021-08-04T07:45:44.122000000Z")
        #expect(decoded.findings.isEmpty)
    }

    @Test func `the vendor's room is read`() {
        guard case .spaceInfo(let info) = Sample.firstGeneration[7].decoded.message else {
            Issue.record("no room")
            return
        }
        #expect(info.location?.latitude == 51.165691)
        #expect(info.location?.longitude == 10.451526)
        #expect(info.location?.utcOffset == 60)
        #expect(info.localTime.class == .offset)
        #expect(info.maintenance == false)
    }

    @Test func `only the licence sample contradicts its own page`() {
        let odd = Sample.firstGeneration.filter { !$0.decoded.findings.isEmpty }
        #expect(odd.map(\.kind) == [.licenseUpdate])
        #expect(odd.first?.decoded.findings == [.contradictoryState("done")])
    }
}
