/// Runs one fuzz target: `Fuzz TARGET [CORPUS …] [libFuzzer's options]`, or writes the seeds: `Fuzz seeds FOLDER`.
@main
enum Fuzz {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count > 1, let target = FuzzTarget(rawValue: arguments[1]) else {
            if arguments.count > 2, arguments[1] == "seeds" { return Seeds.write(to: arguments[2]) }
            let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
            return print("usage: Fuzz TARGET [CORPUS ...] [-max_total_time=SECONDS ...]\ntargets: \(names)")
        }
        Self.target = target
        Self.run([arguments[0]] + arguments.dropFirst(2))
    }

    // Set once, before libFuzzer calls the target from this same thread.
    nonisolated(unsafe) private static var target = FuzzTarget.json

    private static func run(_ arguments: [String]) {
        var count = CInt(arguments.count)
        // libFuzzer keeps the arguments, so they are never freed.
        let strings = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() {
            let characters = argument.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: characters.count)
            for (offset, character) in characters.enumerated() { copy[offset] = character }
            strings[index] = copy
        }
        strings[arguments.count] = nil
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = strings
        _ = runDriver(&count, &list) { bytes, size in
            Fuzz.target.run(bytes.map { Array(UnsafeBufferPointer(start: $0, count: size)) } ?? [])
            return 0
        }
    }
}

/// Runs the fuzzer: https://llvm.org/docs/LibFuzzer.html#using-libfuzzer-as-a-library.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
