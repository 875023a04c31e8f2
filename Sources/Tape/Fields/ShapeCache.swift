/// Shapes of templates that were met before.
final class ShapeCache {
    private var shapes: [Int64: PayloadShape] = [:]

    func shape(_ literal: Literal, _ template: Template) -> PayloadShape {
        guard let number = literal.number else { return PayloadShape(template) }
        if let known = shapes[number] { return known }
        let shape = PayloadShape(template)
        if shapes.count > 4_096 { shapes.removeAll() }
        shapes[number] = shape
        return shape
    }
}
