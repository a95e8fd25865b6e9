package tekram.platform.scan

import android.app.Activity
import android.net.Uri
import android.nfc.NdefMessage
import android.nfc.NdefRecord
import org.junit.Test
import org.robolectric.Robolectric
import tekram.platform.Phone
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull

class StoreCardsTest : Phone() {
    @Test
    fun `a card is a link of this app's or JSON`() {
        val link = NdefMessage(NdefRecord.createUri("tekram:want?what=tea"))
        assertEquals("tekram:want?what=tea", NfcStoreCards.cardText(link))
        val card = NdefMessage(NdefRecord.createMime("application/json", """{"type":"StoreCard"}""".toByteArray()))
        assertEquals("""{"type":"StoreCard"}""", NfcStoreCards.cardText(card))
    }

    @Test
    fun `other tags say nothing`() {
        assertNull(NfcStoreCards.cardText(NdefMessage(NdefRecord.createUri(Uri.parse("https://example.org/")))))
        assertNull(NfcStoreCards.cardText(NdefMessage(NdefRecord.createTextRecord("en", "hello"))))
        assertNull(NfcStoreCards.cardText(NdefMessage(NdefRecord.createMime("application/json", ByteArray(20_000)))))
    }

    @Test
    fun `a phone without a reader says so`() {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        assertFalse(NfcStoreCards(activity).listen {})
    }
}
