// A WebDAV server on this machine, over plain http, as one stands in a home network.
package tekram.ui.vault

import com.sun.net.httpserver.HttpExchange
import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.net.URI
import java.util.concurrent.ConcurrentHashMap

private const val OK = 200
private const val CREATED = 201
private const val DONE = 204
private const val LISTED = 207
private const val MISSING = 404

/** One folder of files in memory; it asks nobody for a password. */
internal class HomeServer : AutoCloseable {
    private val files = ConcurrentHashMap<String, ByteArray>()
    private val server =
        HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
            createContext("/dav/") { exchange -> exchange.use(::answer) }
            start()
        }

    /** The folder's address. */
    val url: String = "http://127.0.0.1:${server.address.port}/dav"

    /** Names of the files that are there. */
    val names: List<String> get() = files.keys.sorted()

    private fun answer(exchange: HttpExchange) {
        val name = exchange.requestURI.path.removePrefix("/dav/")
        val body = exchange.requestBody.readBytes()
        when (exchange.requestMethod) {
            "PROPFIND" -> exchange.say(LISTED, listing(deep = exchange.requestHeaders.getFirst("depth") == "1").encodeToByteArray())
            "GET" -> files[name].let { if (it == null) exchange.say(MISSING) else exchange.say(OK, it) }
            "PUT" -> exchange.say(if (files.put(name, body) == null) CREATED else DONE)
            "MOVE" -> exchange.say(move(name, URI(exchange.requestHeaders.getFirst("destination")).path.removePrefix("/dav/")))
            else -> exchange.say(if (files.remove(name) == null) MISSING else DONE)
        }
    }

    private fun move(
        from: String,
        to: String,
    ): Int {
        files[to] = files.remove(from) ?: return MISSING
        return CREATED
    }

    private fun listing(deep: Boolean): String {
        val folder = response("", "<d:resourcetype><d:collection/></d:resourcetype>")
        val inside = files.map { (name, bytes) -> response(name, "<d:resourcetype/><d:getcontentlength>${bytes.size}</d:getcontentlength>") }
        return """<d:multistatus xmlns:d="DAV:">$folder${if (deep) inside.joinToString("") else ""}</d:multistatus>"""
    }

    private fun response(
        name: String,
        properties: String,
    ) = "<d:response><d:href>/dav/$name</d:href><d:propstat><d:prop>$properties</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"

    private fun HttpExchange.say(
        status: Int,
        body: ByteArray = ByteArray(0),
    ) {
        sendResponseHeaders(status, if (body.isEmpty()) -1 else body.size.toLong())
        if (body.isNotEmpty()) responseBody.write(body)
    }

    override fun close() = server.stop(0)
}
