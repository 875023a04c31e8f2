extension Schema {
    /// The SQL of each tape format, in order.
    ///
    /// The first makes format 1 of an empty file, the second brings format 1 to 2, and so on.
    public static let migrations: [String] = [
        PackageResources.v1_tape_sql, PackageResources.v2_segments_sql,
    ].map { String(decoding: $0, as: UTF8.self) }
}
