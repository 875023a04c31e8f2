import Foundation
import Testing

@Suite struct SchemaCommandTests {
    @Test func `every kind that is listed has a JSON Schema`() throws {
        let workspace = try Workspace()
        let kinds = try Program.run(["schema"], in: workspace).output.split(separator: "\n")
        #expect(kinds.count == 13)
        for kind in kinds {
            let schema = try Program.run(["schema", String(kind)], in: workspace)
            #expect(schema.status == 0)
            let object = try JSONSerialization.jsonObject(with: Data(schema.output.utf8)) as? [String: Any]
            #expect(object?["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema", "\(kind)")
        }
        #expect(try Program.run(["schema", "telemtry"], in: workspace).status == 64)
    }
}
