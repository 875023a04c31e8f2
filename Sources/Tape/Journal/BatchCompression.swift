import CZstd

/// What zstd said when it could not compress or restore a batch.
struct CompressionError: Error, Hashable {
    var reason: String
}

/// How hard zstd is to look for what repeats.
struct CompressionEffort: Hashable {
    var level: Int32
    /// Whether the bytes are close to noise: then only long repeats are worth a match, the rest is entropy coding.
    var matchesAreRare = false

    static let journal = CompressionEffort(level: 1)
    static let directory = CompressionEffort(level: 6)
}

/// zstd frames with a content checksum (RFC 8878); bytes that do not shrink are stored as they are inside the frame.
final class BatchCompressor {
    private let context: OpaquePointer

    init() throws(CompressionError) {
        guard let context = ZSTD_createCCtx() else { throw CompressionError(reason: "no memory for zstd") }
        self.context = context
        ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    }

    deinit {
        ZSTD_freeCCtx(context)
    }

    /// Compresses bytes.
    ///
    /// - Parameters:
    ///   - bytes: what to compress.
    ///   - effort: how.
    /// - Returns: the frame.
    /// - Throws: ``CompressionError`` when zstd fails.
    func compress(_ bytes: [UInt8], _ effort: CompressionEffort = .journal) throws(CompressionError) -> [UInt8] {
        try compress(bytes[...], effort)
    }

    /// Compresses a part of bytes.
    func compress(_ bytes: ArraySlice<UInt8>, _ effort: CompressionEffort = .journal) throws(CompressionError)
        -> [UInt8]
    {
        ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, effort.level)
        ZSTD_CCtx_setParameter(context, ZSTD_c_strategy, effort.matchesAreRare ? Int32(ZSTD_fast.rawValue) : 0)
        ZSTD_CCtx_setParameter(context, ZSTD_c_minMatch, effort.matchesAreRare ? 7 : 0)
        var written = 0
        let output = [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
            written = bytes.withUnsafeBytes { input in
                ZSTD_compress2(context, buffer.baseAddress, buffer.count, input.baseAddress, input.count)
            }
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0 else {
            throw CompressionError(reason: String(cString: ZSTD_getErrorName(written)))
        }
        return output
    }
}

/// Restores zstd frames of a known size.
final class BatchDecompressor {
    private let context: OpaquePointer

    init() throws(CompressionError) {
        guard let context = ZSTD_createDCtx() else { throw CompressionError(reason: "no memory for zstd") }
        self.context = context
    }

    deinit {
        ZSTD_freeDCtx(context)
    }

    /// Restores `frame` to exactly `size` bytes; anything else, a wrong checksum included, is an error.
    func decompress(_ frame: [UInt8], size: Int) throws(CompressionError) -> [UInt8] {
        // The frame says its size as well: a hostile size must not make us reserve memory that the frame cannot fill.
        let declared = frame.withUnsafeBytes { ZSTD_getFrameContentSize($0.baseAddress, $0.count) }
        guard size >= 0, declared == UInt64(size) else {
            throw CompressionError(reason: "a compressed batch whose size is not the one recorded (\(size) bytes)")
        }
        // zstd cannot expand by more than this factor (RFC 8878: a 4-byte block restores to at most 128 KiB).
        guard size / 65_536 <= frame.count else {
            throw CompressionError(reason: "a compressed batch too short for \(size) bytes")
        }
        var written = 0
        let output = [UInt8](unsafeUninitializedCapacity: max(size, 1)) { buffer, count in
            written = frame.withUnsafeBytes { input in
                ZSTD_decompressDCtx(context, buffer.baseAddress, size, input.baseAddress, input.count)
            }
            count = ZSTD_isError(written) == 0 ? written : 0
        }
        guard ZSTD_isError(written) == 0 else {
            throw CompressionError(reason: String(cString: ZSTD_getErrorName(written)))
        }
        guard written == size else { throw CompressionError(reason: "\(written) bytes where \(size) were recorded") }
        return output
    }
}
