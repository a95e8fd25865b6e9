// A server on this machine that speaks what is needed of ListenBrainz's API, over plain http, as one stands in a home network.
package tekram.ui.history.share

import com.sun.net.httpserver.HttpServer
import java.net.InetSocketAddress
import java.util.concurrent.CopyOnWriteArrayList

private const val OK = 200
private const val REFUSED = 401

/** Knows one token and two listens. */
internal class HomeListenBrainz : AutoCloseable {
    /** What was sent to it. */
    val submitted = CopyOnWriteArrayList<String>()

    private val server =
        HttpServer.create(InetSocketAddress("127.0.0.1", 0), 0).apply {
            createContext("/") { exchange ->
                exchange.use {
                    val body = exchange.requestBody.readBytes().decodeToString()
                    val known = exchange.requestHeaders.getFirst("authorization").let { it == null || it == "Token right" }
                    val answer =
                        when {
                            !known -> """{"code": 401, "valid": false}"""
                            exchange.requestURI.path.endsWith("/validate-token") -> """{"code": 200, "valid": true, "user_name": "ada"}"""
                            exchange.requestURI.path.endsWith("/submit-listens") -> """{"status": "ok"}""".also { submitted += body }
                            else -> page(exchange.requestURI.query.orEmpty())
                        }.encodeToByteArray()
                    exchange.sendResponseHeaders(if (known) OK else REFUSED, answer.size.toLong())
                    exchange.responseBody.write(answer)
                }
            }
            start()
        }

    /** Where its API begins. */
    val url: String = "http://127.0.0.1:${server.address.port}"

    private fun page(query: String): String {
        val before = Regex("max_ts=([0-9]+)").find(query)?.groupValues?.get(1)?.toLong() ?: Long.MAX_VALUE
        val listens =
            listOf(1_794_000_200L, 1_794_000_000L).filter { it < before }.joinToString {
                """{"listened_at": $it, "track_metadata": {"track_name": "T$it", "artist_name": "Alder"}}"""
            }
        return """{"payload": {"listens": [$listens]}}"""
    }

    override fun close() = server.stop(0)
}
