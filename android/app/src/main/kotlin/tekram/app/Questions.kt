// Questions that another screen of the system or of this app answers: which file, which code. Whoever asks waits through a
// turned phone; when the process was ended meanwhile nobody waits any more, and the answer is let go.
package tekram.app

import android.net.Uri
import androidx.activity.ComponentActivity
import androidx.activity.result.ActivityResultLauncher
import androidx.activity.result.PickVisualMediaRequest
import androidx.activity.result.contract.ActivityResultContracts
import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import tekram.platform.scan.CodeReader
import tekram.ui.common.CardCode

/** A question whose answer is an [A]; none when the person turned away. */
sealed interface Question<A : Any> {
    data object OpenDocument : Question<Uri>

    data object OpenDocuments : Question<List<Uri>>

    data class CreateDocument(
        val name: String,
    ) : Question<Uri>

    /** A folder that may be used again later. */
    data object OpenFolder : Question<Uri>

    data object Picture : Question<Uri>

    /** A code; of a card of whatever kind when that is [wanted]. */
    data class Scan(
        val wanted: CodeReader.Wanted,
    ) : Question<CardCode>

    /** May the app do these? The answers by the permissions' names. */
    data class MayIt(
        val permissions: List<String>,
    ) : Question<Map<String, Boolean>>
}

/** Puts one question at a time to the activity in front. */
class Questions {
    private var front: Front? = null
    private var waiting: CompletableDeferred<Any?>? = null

    /** The activity that can ask from now on. Called in its onCreate, before it is started. */
    fun attach(activity: ComponentActivity) {
        front = Front(activity, ::answered)
    }

    /** The activity is gone, unless another one is in front already. */
    fun detach(activity: ComponentActivity) {
        if (front?.activity === activity) front = null
    }

    /** The activity in front. */
    val activity: ComponentActivity? get() = front?.activity

    /** Asks and waits. A second question takes the place of the first, which ends without an answer. */
    suspend fun <A : Any> ask(question: Question<A>): A? {
        val answer = CompletableDeferred<Any?>()
        withContext(Dispatchers.Main.immediate) {
            waiting?.complete(null)
            waiting = answer
            if (front?.put(question) != true) answer.complete(null)
        }
        @Suppress("UNCHECKED_CAST")
        return answer.await() as A?
    }

    private fun answered(answer: Any?) {
        waiting?.complete(answer)
        waiting = null
    }

    private class Front(
        val activity: ComponentActivity,
        answered: (Any?) -> Unit,
    ) {
        private val open: ActivityResultLauncher<Array<String>> =
            activity.registerForActivityResult(ActivityResultContracts.OpenDocument(), answered)
        private val create: ActivityResultLauncher<String> =
            activity.registerForActivityResult(ActivityResultContracts.CreateDocument("application/octet-stream"), answered)
        private val folder: ActivityResultLauncher<Uri?> =
            activity.registerForActivityResult(ActivityResultContracts.OpenDocumentTree(), answered)
        private val picture: ActivityResultLauncher<PickVisualMediaRequest> =
            activity.registerForActivityResult(ActivityResultContracts.PickVisualMedia(), answered)
        private val scan: ActivityResultLauncher<CodeReader.Wanted> = activity.registerForActivityResult(ScanActivity.Contract, answered)

        private val may: ActivityResultLauncher<Array<String>> =
            activity.registerForActivityResult(ActivityResultContracts.RequestMultiplePermissions(), answered)

        private val openSeveral: ActivityResultLauncher<Array<String>> =
            activity.registerForActivityResult(ActivityResultContracts.OpenMultipleDocuments(), answered)

        fun put(question: Question<*>): Boolean =
            try {
                when (question) {
                    Question.OpenDocument -> open.launch(arrayOf("*/*"))
                    Question.OpenDocuments -> openSeveral.launch(arrayOf("*/*"))
                    is Question.CreateDocument -> create.launch(question.name)
                    Question.OpenFolder -> folder.launch(null)
                    Question.Picture -> picture.launch(PickVisualMediaRequest(ActivityResultContracts.PickVisualMedia.ImageOnly))
                    is Question.Scan -> scan.launch(question.wanted)
                    is Question.MayIt -> may.launch(question.permissions.toTypedArray())
                }
                true
            } catch (_: android.content.ActivityNotFoundException) {
                false
            }
    }
}
