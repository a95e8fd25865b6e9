package tekram.app

import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.w3c.dom.Element
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertTrue

/** The rules for the system's backup and its transfer to a new phone, read and applied as the system documents them. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], application = android.app.Application::class)
class BackupRulesTest {
    private val application get() = RuntimeEnvironment.getApplication()

    /** A domain's folder. */
    private fun folder(domain: String): File =
        when (domain) {
            "root" -> application.dataDir
            "file" -> application.filesDir
            "database" -> File(application.dataDir, "databases")
            "sharedpref" -> File(application.dataDir, "shared_prefs")
            "external" -> application.getExternalFilesDir(null)!!
            "device_root" -> application.createDeviceProtectedStorageContext().dataDir
            "device_file" -> application.createDeviceProtectedStorageContext().filesDir
            "device_database" -> File(application.createDeviceProtectedStorageContext().dataDir, "databases")
            "device_sharedpref" -> File(application.createDeviceProtectedStorageContext().dataDir, "shared_prefs")
            else -> error("unknown domain $domain")
        }

    private fun covers(
        rule: Element,
        file: File,
    ) = file.canonicalFile.startsWith(File(folder(rule.getAttribute("domain")), rule.getAttribute("path")).canonicalFile)

    /** Whether the rules let [file] go: without an include everything goes, and an exclude wins. */
    private fun goes(
        rules: Element,
        file: File,
    ): Boolean {
        val included = rules.getElementsByTagName("include").elements()
        val excluded = rules.getElementsByTagName("exclude").elements()
        return (included.isEmpty() || included.any { covers(it, file) }) && excluded.none { covers(it, file) }
    }

    private fun ruleSets(): List<Element> {
        val extraction = xml("res/xml/data_extraction_rules.xml")
        val later = listOf("cloud-backup", "device-transfer").map { extraction.getElementsByTagName(it).elements().single() }
        return later + xml("res/xml/full_backup_content.xml")
    }

    @Test
    fun `no vault and nothing else of the app leaves the phone by itself`() {
        val vault = File(TekramApplication.vaults(application), "4f1c/vault.db")
        val others =
            listOf(
                File(application.noBackupFilesDir, "diagnostics"),
                File(application.filesDir, "x"),
                File(application.dataDir, "shared_prefs/allowed_players.xml"),
                File(application.dataDir, "databases/x.db"),
                File(application.getExternalFilesDir(null), "x"),
                File(application.createDeviceProtectedStorageContext().filesDir, "x"),
            )
        for (rules in ruleSets()) for (file in others + vault) assertFalse(goes(rules, file), "${rules.tagName}: $file")
    }

    @Test
    fun `the vaults lie where the system takes nothing from, whatever the rules say`() {
        assertTrue(TekramApplication.vaults(application).startsWith(application.noBackupFilesDir))
    }

    @Test
    fun `the reader of the rules would notice a hole`() {
        val rules = xml("res/xml/full_backup_content.xml")
        val root = rules.getElementsByTagName("exclude").elements().first { it.getAttribute("domain") == "root" }
        rules.removeChild(root)
        assertTrue(goes(rules, File(application.noBackupFilesDir, "vaults/x")))
        assertEquals(8, rules.getElementsByTagName("exclude").length)
    }
}
