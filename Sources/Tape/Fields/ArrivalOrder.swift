/// Brings rows into order of arrival.
public enum ArrivalOrder {
    /// Positions of `keys` in ascending order of the keys; equal keys keep their order.
    public static func ascending(_ keys: [Int64]) -> [Int32] { RowOrder.ascending(keys) }
}
