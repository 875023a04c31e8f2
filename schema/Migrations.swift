extension Schema {
    /// The SQL of each tape format, in order.
    ///
    /// The first makes format 1 of an empty file, the second brings format 1 to 2, and so on.
    public static let migrations: [String] = [
        String(decoding: PackageResources.v1_tape_sql, as: UTF8.self)
    ]
}
