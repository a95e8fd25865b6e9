// The listening side of a server on this machine that speaks HTTP to the real core, one short connection after the other.
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Listens on a port of its own; it ends with its owner.
final class LocalListener: Sendable {
    /// Where it listens, as `127.0.0.1:PORT`.
    let host: String
    private let listening: Int32

    init() throws {
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
    }

    /// Answers each connection, on a thread of its own.
    func serve(_ answer: @escaping @Sendable (LocalConnection) -> Void) {
        let listening = listening
        Thread.detachNewThread {
            while case let connection = accept(listening, nil, nil), connection >= 0 {
                answer(LocalConnection(socket: connection))
                close(connection)
            }
        }
    }

    deinit {
        shutdown(listening, Int32(SHUT_RDWR))
        close(listening)
    }
}

/// What a client asked.
struct LocalRequest {
    let method: String
    let path: String
    /// Fields of the head, by their names in small letters.
    let fields: [String: String]
    let body: Data
}

/// One request on its way to one answer.
struct LocalConnection {
    fileprivate let socket: Int32

    /// Method and path of the request, after all of it was read; nothing when the client went away.
    func request() -> (method: String, path: String)? { whole().map { ($0.method, $0.path) } }

    /// All of the request; nothing when the client went away.
    func whole() -> LocalRequest? {
        var request = Data()
        let end = Data("\r\n\r\n".utf8)
        while request.range(of: end) == nil { guard read(into: &request) else { return nil } }
        guard let head = request.range(of: end) else { return nil }
        let lines = String(decoding: request[..<head.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        let fields = Dictionary(pairs) { first, _ in first }
        let length = fields["content-length"].flatMap { Int($0) } ?? 0
        while request.count < head.upperBound + length { guard read(into: &request) else { return nil } }
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count > 1 else { return nil }
        return LocalRequest(
            method: String(words[0]), path: String(words[1]), fields: fields, body: request[head.upperBound...])
    }

    /// Says nothing until the client goes away.
    func stayingSilent() {
        var ignored = Data()
        while read(into: &ignored) {}
    }

    /// Answers with a status line's number and words, and a body.
    func say(_ status: String, _ body: Data) {
        var answer = Data("HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\nConnection: close\r\n\r\n".utf8)
        answer.append(body)
        // Whoever has gone away in the meantime needs no answer.
        try? FileHandle(fileDescriptor: socket, closeOnDealloc: false).write(contentsOf: answer)
    }

    private func read(into data: inout Data) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(socket, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        data.append(contentsOf: bytes[..<count])
        return true
    }
}
