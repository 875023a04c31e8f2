/// How many values of one message each transformation touched.
struct MessageValues: Hashable {
    var devices: Int64 = 0
    var remaps: Int64 = 0
    var times: Int64 = 0
    var ids: Int64 = 0
    var keys: Int64 = 0

    static func += (left: inout Self, right: Self) {
        left.devices += right.devices
        left.remaps += right.remaps
        left.times += right.times
        left.ids += right.ids
        left.keys += right.keys
    }
}
