// Reads a store's card where the phone is held to it. A seam: there is no radio in a test.
package tekram.platform.scan

import android.app.Activity
import android.nfc.FormatException
import android.nfc.NdefMessage
import android.nfc.NdefRecord
import android.nfc.NfcAdapter
import android.nfc.Tag
import android.nfc.tech.Ndef
import java.io.IOException

interface StoreCards {
    /** False when this phone has no reader, or it is switched off. */
    fun listen(onCard: (String) -> Unit): Boolean

    fun stop()
}

/** Over NFC, only while the screen that asked for it is in front. */
class NfcStoreCards(
    private val activity: Activity,
) : StoreCards {
    private val adapter: NfcAdapter? = NfcAdapter.getDefaultAdapter(activity)

    override fun listen(onCard: (String) -> Unit): Boolean {
        val reader = adapter?.takeIf { it.isEnabled } ?: return false
        reader.enableReaderMode(activity, { tag -> message(tag)?.let(::cardText)?.let(onCard) }, TECHNOLOGIES, null)
        return true
    }

    override fun stop() {
        adapter?.disableReaderMode(activity)
    }

    private fun message(tag: Tag): NdefMessage? {
        val ndef = Ndef.get(tag) ?: return null
        return try {
            ndef.cachedNdefMessage ?: ndef.use {
                it.connect()
                it.ndefMessage
            }
        } catch (_: IOException) {
            null
        } catch (_: FormatException) {
            null
        }
    }

    companion object {
        private const val TECHNOLOGIES = NfcAdapter.FLAG_READER_NFC_A or NfcAdapter.FLAG_READER_NFC_B or NfcAdapter.FLAG_READER_NFC_V

        /** The most that is read of a card; its signature is checked by the core. */
        private const val LONGEST_BYTES = 16 * 1024
        private const val CARD_TYPE = "application/json"

        /** The text of the first record that can be a store's card: a link of this app's, or JSON. */
        fun cardText(message: NdefMessage): String? = message.records.firstNotNullOfOrNull(::cardText)

        private fun cardText(record: NdefRecord): String? {
            if (record.payload.size > LONGEST_BYTES) return null
            val link = record.toUri()
            return when {
                link != null -> link.toString().takeIf { link.scheme == "tekram" }
                record.toMimeType() == CARD_TYPE -> record.payload.toString(Charsets.UTF_8)
                else -> null
            }
        }
    }
}
