import JSONScan

extension ReplayPlan {
    /// Writes what the transformations touch as members of the object at hand: `state_messages` where there are any,
    /// and `transformations`, an array with an object for each that touched or left alone anything.
    func writeTransformations(to writer: inout JSONWriter) {
        if stateMessages > 0 {
            writer.key("state_messages")
            writer.int(stateMessages)
        }
        writer.key("transformations")
        writer.beginArray()
        for kind in transformations.touched { transformations[kind].write(as: kind, to: &writer) }
        writer.endArray()
    }
}

extension TransformationCounts.Tally {
    fileprivate func write(as kind: TransformationCounts.Kind, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("name")
        writer.string(kind.rawValue)
        writer.key("messages")
        writer.int(messages)
        writer.key("values")
        writer.int(values)
        writer.key("left_alone")
        writer.beginObject()
        for reason in TransformationCounts.Reason.allCases {
            guard let count = leftAlone[reason] else { continue }
            writer.key(reason.rawValue)
            writer.int(count)
        }
        writer.endObject()
        writer.key("examples")
        writer.beginArray()
        for example in examples { example.write(to: &writer) }
        writer.endArray()
        writer.endObject()
    }
}

extension TransformationCounts.Example {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("seq")
        writer.int(sequence)
        writer.key("place")
        writer.string(place)
        writer.key("before")
        writer.string(before)
        writer.key("after")
        writer.string(after)
        writer.endObject()
    }
}
