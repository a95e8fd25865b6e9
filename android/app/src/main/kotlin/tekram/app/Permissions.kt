// Asks for a permission at the moment when its use is plain: the place when a request is to say "near here", notices when a
// request is out whose offers could come while the app is away. Each is asked for once by itself; afterwards the system's
// settings are the place to change it.
package tekram.app

import android.Manifest
import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import android.os.Build
import android.os.Handler
import android.os.Looper

/** Puts the system's question over the activity in front; who asked does not wait for the answer. */
class Permissions(
    private val context: Context,
    private val front: () -> Activity?,
) {
    private val kept = context.getSharedPreferences("asked_permissions", Context.MODE_PRIVATE)
    private val main = Handler(Looper.getMainLooper())

    /** The core wanted to know where the phone is, and may not. */
    fun place() = once(Manifest.permission.ACCESS_COARSE_LOCATION)

    /** A request is out. Before Android 13 no question is needed. */
    fun notices() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) once(Manifest.permission.POST_NOTIFICATIONS)
    }

    /** Whether the app may do this. */
    fun has(permission: String): Boolean = context.checkSelfPermission(permission) == PackageManager.PERMISSION_GRANTED

    /** What has to be asked for so that the place is known, [exact] or roughly; empty when it was asked before. They count as asked from now on. */
    fun unaskedPlace(exact: Boolean): List<String> {
        val wanted = if (exact) Manifest.permission.ACCESS_FINE_LOCATION else Manifest.permission.ACCESS_COARSE_LOCATION
        if (has(wanted) || kept.getBoolean(wanted, false)) return emptyList()
        // The system gives the exact place only to those who ask for the rough one in the same question.
        val asked = listOf(Manifest.permission.ACCESS_COARSE_LOCATION, wanted).distinct()
        kept.edit().apply { asked.forEach { putBoolean(it, true) } }.apply()
        return asked
    }

    private fun once(permission: String) {
        if (has(permission) || kept.getBoolean(permission, false)) return
        main.post {
            val activity = front() ?: return@post
            kept.edit().putBoolean(permission, true).apply()
            activity.requestPermissions(arrayOf(permission), CODE)
        }
    }

    private companion object {
        const val CODE = 1
    }
}
