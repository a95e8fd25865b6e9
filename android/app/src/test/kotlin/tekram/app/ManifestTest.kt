package tekram.app

import org.w3c.dom.Element
import org.w3c.dom.NodeList
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory
import kotlin.test.Test
import kotlin.test.assertEquals
import kotlin.test.assertTrue

internal const val ANDROID = "http://schemas.android.com/apk/res/android"
internal val mainFolder = File(System.getProperty("app.folder"), "src/main")

internal fun xml(path: String): Element =
    DocumentBuilderFactory
        .newInstance()
        .apply { isNamespaceAware = true }
        .newDocumentBuilder()
        .parse(File(mainFolder, path))
        .documentElement

internal fun NodeList.elements(): List<Element> = (0 until length).map { item(it) }.filterIsInstance<Element>()

internal fun Element.android(name: String): String = getAttributeNS(ANDROID, name)

/** What the app asks for and what it opens to others, as a list that only a person changes. */
class ManifestTest {
    private val manifest = xml("AndroidManifest.xml")
    private val application = manifest.getElementsByTagName("application").elements().single()

    @Test
    fun `these permissions and no others`() {
        val asked = manifest.getElementsByTagName("uses-permission").elements().map { it.android("name").removePrefix("android.permission.") }
        val expected =
            listOf(
                "INTERNET",
                "ACCESS_NETWORK_STATE",
                "USE_BIOMETRIC",
                "POST_NOTIFICATIONS",
                "RECEIVE_BOOT_COMPLETED",
                "FOREGROUND_SERVICE",
                "FOREGROUND_SERVICE_SPECIAL_USE",
                "FOREGROUND_SERVICE_MEDIA_PLAYBACK",
                "WAKE_LOCK",
                "ACCESS_COARSE_LOCATION",
                "ACCESS_FINE_LOCATION",
                "CAMERA",
                "NFC",
            )
        assertEquals(expected, asked)
    }

    @Test
    fun `each permission says what it is for`() {
        val lines = File(mainFolder, "AndroidManifest.xml").readLines()
        lines.forEachIndexed { index, line ->
            if ("<uses-permission" in line) assertTrue("-->" in lines[index - 1], "nothing is said of ${line.trim()}")
        }
    }

    @Test
    fun `these parts are open to others, the rest is closed`() {
        val parts = application.childNodes.elements().filter { it.tagName in setOf("activity", "activity-alias", "service", "receiver", "provider") }
        assertTrue(parts.all { it.hasAttributeNS(ANDROID, "exported") }, "every part says whether it is open")
        val open = parts.filter { it.android("exported") == "true" }.associate { it.android("name").substringAfterLast('.') to it.android("permission") }
        val expected =
            mapOf(
                "MainActivity" to "",
                "ShareToPay" to "",
                "ShareToWant" to "",
                "ShareToRead" to "",
                "PhoneActivity" to "",
                "CaptureService" to "android.permission.BIND_NOTIFICATION_LISTENER_SERVICE",
                "WantTile" to "android.permission.BIND_QUICK_SETTINGS_TILE",
            )
        assertEquals(expected, open)
        val work = parts.single { it.android("name").endsWith("WorkService") }
        assertEquals("android.permission.BIND_JOB_SERVICE", work.android("permission"))
        assertTrue(parts.none { it.tagName == "provider" })
    }

    @Test
    fun `every part exists`() {
        val names =
            application.childNodes
                .elements()
                .filter { it.tagName != "activity-alias" && it.tagName != "meta-data" }
                .map { it.android("name") }
        for (name in names + application.android("name")) Class.forName(name, false, javaClass.classLoader)
    }

    @Test
    fun `nothing goes out in clear text and nothing is backed up by the system`() {
        assertEquals("false", application.android("usesCleartextTraffic"))
        assertEquals("false", application.android("allowBackup"))
        assertEquals("@xml/data_extraction_rules", application.android("dataExtractionRules"))
        assertEquals("@xml/full_backup_content", application.android("fullBackupContent"))
        val config = xml("res/xml/network_security_config.xml")
        assertTrue(config.getElementsByTagName("base-config").elements().all { it.getAttribute("cleartextTrafficPermitted") == "false" })
        assertEquals(listOf("system"), config.getElementsByTagName("certificates").elements().map { it.getAttribute("src") })
        assertTrue(config.getElementsByTagName("domain-config").elements().isEmpty())
    }

    @Test
    fun `no notification reaches the listener`() {
        val filter =
            application
                .getElementsByTagName("meta-data")
                .elements()
                .single { it.android("name") == "android.service.notification.disabled_filter_types" }
        assertEquals(setOf("conversations", "alerting", "silent", "ongoing"), filter.android("value").split('|').toSet())
    }

    @Test
    fun `the languages that can be chosen are those that there are words in`() {
        val offered = xml("res/xml/locales_config.xml").getElementsByTagName("locale").elements().map { it.android("name") }
        val words = File(System.getProperty("app.folder"), "../ui/src/main/res").list().orEmpty().filter { it.startsWith("values") }
        val there = words.map { it.removePrefix("values").removePrefix("-").ifEmpty { "en" } }
        assertEquals(there.toSet(), offered.toSet())
    }

    @Test
    fun `the app's own words are there in every language`() {
        fun names(folder: String) =
            xml("res/$folder/strings_app.xml").childNodes.elements().map { it.tagName to it.getAttribute("name") }
        assertEquals(names("values"), names("values-de"))
    }
}
