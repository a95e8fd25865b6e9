// Serves the sample feeds to the real core from this machine, one short connection after the other.
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server for files of the sample feeds; it ends with its owner. `silent.xml` never answers.
final class PayFeedServer: Sendable {
    /// Where it listens, as `127.0.0.1:PORT`.
    let host: String
    private let listening: Int32

    init(files: URL) throws {
        // A client that goes away while it is answered must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        #if canImport(Glibc)
            listening = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            listening = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listening = listening
        let isOpen = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listening, address, length) == 0 && listen(listening, 16) == 0
                    && getsockname(listening, address, &length) == 0
            }
        }
        guard isOpen else { throw POSIXError(POSIXError.Code(rawValue: errno) ?? .EIO) }
        host = "127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        let origin = "http://\(host)"
        Thread.detachNewThread {
            while case let connection = accept(listening, nil, nil), connection >= 0 {
                PayFeedServer.answer(connection, files, origin)
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
    }

    private static func answer(_ connection: Int32, _ files: URL, _ origin: String) {
        var request = Data()
        var bytes = [UInt8](repeating: 0, count: 4096)
        while request.range(of: Data("\r\n\r\n".utf8)) == nil {
            let count = read(connection, &bytes, bytes.count)
            if count <= 0 { return }
            request.append(contentsOf: bytes[..<count])
        }
        let path = String(decoding: request, as: UTF8.self).split(separator: " ").dropFirst().first ?? "/"
        if path == "/silent.xml" {
            while read(connection, &bytes, bytes.count) > 0 {}
            return
        }
        let feed = try? String(contentsOf: files.appending(path: String(path.dropFirst())), encoding: .utf8)
        let body = Data((feed ?? "").replacingOccurrences(of: "{{ORIGIN}}", with: origin).utf8)
        let status = feed == nil ? "404 Not Found" : "200 OK"
        var answer = Data("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8)
        answer.append(body)
        // Whoever has gone away in the meantime needs no answer.
        try? FileHandle(fileDescriptor: connection, closeOnDealloc: false).write(contentsOf: answer)
    }
}
