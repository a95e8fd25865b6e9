package tekram.platform.share

import android.content.Intent
import android.net.Uri
import org.junit.Test
import tekram.platform.Phone
import kotlin.random.Random
import kotlin.test.assertEquals
import kotlin.test.assertIs

class AsksTest : Phone() {
    private fun send(
        type: String,
        text: String? = null,
        subject: String? = null,
        stream: Uri? = null,
    ) = Intent(Intent.ACTION_SEND).setType(type).apply {
        text?.let { putExtra(Intent.EXTRA_TEXT, it) }
        subject?.let { putExtra(Intent.EXTRA_SUBJECT, it) }
        stream?.let { putExtra(Intent.EXTRA_STREAM, it) }
    }

    @Test
    fun `a shared page was read, with its title where there is one`() {
        val article = Uri.parse("https://harbour.example/night-ferries")
        assertEquals(Ask.ReadPage(article, "Night ferries"), Shares.read(send("text/plain", "$article", subject = "Night ferries"), ShareAim.Read))
        assertEquals(Ask.ReadPage(article, "Night ferries"), Shares.read(send("text/plain", "Night\nferries $article"), ShareAim.Read))
        assertEquals(Ask.ReadPage(article, ""), Shares.read(send("text/plain", "$article"), ShareAim.Read))
        assertEquals(Ask.Refused(Ask.Why.NotAPage), Shares.read(send("text/plain", "a thought"), ShareAim.Read))
        assertEquals(Ask.Refused(Ask.Why.NothingInIt), Shares.read(send("text/plain"), ShareAim.Read))
    }

    @Test
    fun `a shared page leads to its maker`() {
        val page = Uri.parse("https://example.org/episode/7")
        assertEquals(Ask.PayMaker(page), Shares.read(send("text/plain", "Listen: $page."), ShareAim.PayMaker))
        assertEquals(Ask.PayMaker(page), Shares.read(send("text/plain; charset=utf-8", "$page"), ShareAim.PayMaker))
    }

    @Test
    fun `text without a page pays nobody, and says why`() {
        assertEquals(Ask.Refused(Ask.Why.NotAPage), Shares.read(send("text/plain", "hello"), ShareAim.PayMaker))
        assertEquals(Ask.Refused(Ask.Why.NothingInIt), Shares.read(send("text/plain"), ShareAim.PayMaker))
        assertEquals(Ask.Refused(Ask.Why.NotAPage), Shares.read(send("text/plain", "https://me:pass@example.org/"), ShareAim.PayMaker))
        assertEquals(Ask.Refused(Ask.Why.TooLong), Shares.read(send("text/plain", "x".repeat(20_000)), ShareAim.PayMaker))
    }

    @Test
    fun `a shared thing becomes a request with its title`() {
        val asked = Shares.read(send("text/plain", "https://shop.example/kettle?id=1", subject = "Kettle, steel"), ShareAim.Want)
        assertEquals(Ask.Want("Kettle, steel", page = Uri.parse("https://shop.example/kettle?id=1")), asked)
        assertEquals(Ask.Want("a red kettle"), Shares.read(send("text/plain", " a red\nkettle "), ShareAim.Want))
    }

    @Test
    fun `of a picture only what another app serves is opened`() {
        val served = Uri.parse("content://media/external/images/7")
        assertEquals(Ask.WantFromPicture(served), Shares.read(send("image/jpeg", stream = served), ShareAim.Want))
        val own = Uri.parse("file:///data/data/tekram.app/files/vaults/x/vault.db")
        assertEquals(Ask.Refused(Ask.Why.UnknownKind), Shares.read(send("image/png", stream = own), ShareAim.Want))
        assertEquals(Ask.Refused(Ask.Why.UnknownKind), Shares.read(send("image/png", stream = served), ShareAim.PayMaker))
    }

    @Test
    fun `each link opens a screen`() {
        fun read(link: String) = Links.read(Uri.parse(link))
        assertEquals(Ask.OpenRoom(Ask.Room.History), read("tekram:history"))
        assertEquals(Ask.OpenRoom(Ask.Room.Pay), read("tekram://pay"))
        assertEquals(Ask.PayMaker(Uri.parse("https://example.org/a?b=c")), read("tekram:pay?page=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc"))
        assertEquals(Ask.Want("steel kettle", "4006381333931"), read("tekram:want?what=steel+kettle&gtin=4006381333931"))
        assertEquals(Ask.Want("kettle"), read("TEKRAM:want?what=kettle&gtin=12"))
        assertEquals(Ask.OpenRoom(Ask.Room.Want), read("tekram:want"))
    }

    @Test
    fun `a link does nothing else`() {
        for (link in listOf("tekram:settle", "tekram:unlock?pass=x", "tekram:accept?offer=1", "tekram:", "https://example.org/", "other:want")) {
            assertEquals(Ask.Refused(Ask.Why.UnknownLink), Links.read(Uri.parse(link)), link)
        }
        assertEquals(Ask.Refused(Ask.Why.NotAPage), Links.read(Uri.parse("tekram:pay?page=javascript%3Aalert(1)")))
        assertEquals(Ask.Refused(Ask.Why.NotAPage), Links.read(Uri.parse("tekram:pay?page=file%3A%2F%2F%2Fdata")))
        assertEquals(Ask.Refused(Ask.Why.TooLong), Links.read(Uri.parse("tekram:want?what=" + "x".repeat(5_000))))
    }

    @Test
    fun `no text from outside breaks the readers`() {
        val random = Random(SEED)
        val alphabet = "tekram:want?what=&gtin%&=+//:#\u0000ü😀 \n%zz%F0".map { it.toString() } + listOf("http://", "https://", "tekram:")
        repeat(3_000) { round ->
            val text = (0 until random.nextInt(0, 60)).joinToString("") { alphabet.random(random) }
            assertIs<Ask>(Links.read(Uri.parse(text)), "seed $SEED round $round")
            assertIs<Ask>(Links.read(Uri.parse("tekram:want?$text")), "seed $SEED round $round")
            ShareAim.entries.forEach { assertIs<Ask>(Shares.read(send("text/plain", text, text), it), "seed $SEED round $round") }
        }
    }

    private companion object {
        const val SEED = 41
    }
}
