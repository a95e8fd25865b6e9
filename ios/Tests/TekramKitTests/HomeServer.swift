// A WebDAV server on this machine, over plain http, as one stands in a home network: it takes everything, keeps nothing and lists
// an empty folder. What is done with files on a server is tried in the core.
import Foundation

/// Ends with its owner.
final class HomeServer: Sendable {
    /// The folder's address.
    let url: String
    private let listener: LocalListener

    init() throws {
        let listener = try LocalListener()
        self.listener = listener
        url = "http://\(listener.host)/dav/"
        listener.serve { connection in
            guard let request = connection.request() else { return }
            let listing = """
                <d:multistatus xmlns:d="DAV:"><d:response><d:href>/dav/</d:href><d:propstat><d:prop><d:resourcetype>\
                <d:collection/></d:resourcetype></d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>\
                </d:multistatus>
                """
            if request.method == "PROPFIND" {
                connection.say("207 Multi-Status", Data(listing.utf8))
            } else {
                connection.say("200 OK", Data())
            }
        }
    }
}
