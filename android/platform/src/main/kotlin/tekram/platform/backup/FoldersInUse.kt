// Which profiles of this phone back up into which folder, so that the right to use a folder is given back when the last of
// them leaves it. It lies outside the encrypted stores, because the others are locked when one leaves; the system keeps the
// folders' addresses beside it anyway, for as long as the app has the right.
package tekram.platform.backup

import android.content.ContentResolver
import android.content.Context
import android.content.Intent
import android.net.Uri

class FoldersInUse(
    private val context: Context,
) {
    private val kept = context.getSharedPreferences("backup_folders", Context.MODE_PRIVATE)

    /** The backups of [profile] go to the folder of this [reference], or with null to none. */
    @Synchronized
    fun uses(
        profile: String,
        reference: String?,
    ) {
        val before = kept.getString(profile, null)
        if (before == reference) return
        kept.edit().putString(profile, reference).apply()
        if (before != null && before !in kept.all.values) giveBack(Uri.parse(before))
    }

    /** The profile was deleted. */
    fun forget(profile: String) = uses(profile, null)

    private fun giveBack(tree: Uri) {
        if (tree.scheme != ContentResolver.SCHEME_CONTENT) return
        try {
            context.contentResolver.releasePersistableUriPermission(tree, Intent.FLAG_GRANT_READ_URI_PERMISSION or Intent.FLAG_GRANT_WRITE_URI_PERMISSION)
        } catch (_: SecurityException) {
            // The person took it back already, in the system's settings.
        }
    }
}
