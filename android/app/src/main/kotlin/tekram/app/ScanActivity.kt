// Reads one code with the camera and hands it back. Without the camera's permission it says so and ends.
package tekram.app

import android.Manifest
import android.app.Activity
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.content.res.Configuration
import android.os.Bundle
import android.view.SurfaceHolder
import android.view.SurfaceView
import androidx.activity.ComponentActivity
import androidx.activity.compose.setContent
import androidx.activity.enableEdgeToEdge
import androidx.activity.result.contract.ActivityResultContract
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.aspectRatio
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.Surface
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.platform.LocalConfiguration
import androidx.compose.ui.viewinterop.AndroidView
import tekram.platform.diagnose.DiagnosticLog
import tekram.platform.scan.CameraScanner
import tekram.platform.scan.CodeReader
import tekram.platform.scan.Scanned
import tekram.ui.common.CardCode
import tekram.ui.common.QuietButton
import tekram.ui.common.TekramTheme

/** The camera's picture with a hint, until a code is found. */
class ScanActivity : ComponentActivity() {
    private var scanner: CameraScanner? = null
    private var allowed by mutableStateOf(false)
    private var refused by mutableStateOf(false)
    private val asking =
        registerForActivityResult(ActivityResultContracts.RequestPermission()) {
            allowed = it
            refused = !it
        }

    override fun onCreate(savedInstanceState: Bundle?) {
        enableEdgeToEdge()
        super.onCreate(savedInstanceState)
        allowed = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED
        setContent { TekramTheme { Surface(Modifier.fillMaxSize()) { Content() } } }
        if (!allowed && savedInstanceState == null) asking.launch(Manifest.permission.CAMERA)
    }

    @Composable
    private fun Content() =
        Box(Modifier.fillMaxSize().safeDrawingPadding()) {
            if (allowed) AndroidView({ preview(it) }, Modifier.align(Alignment.Center).aspectRatio(sides()))
            Surface(Modifier.fillMaxWidth().align(Alignment.TopCenter)) {
                Text(getString(if (refused) R.string.common_camera_denied else R.string.common_scan_hint))
            }
            Box(Modifier.align(Alignment.BottomCenter)) { QuietButton(getString(R.string.common_scan_type), onClick = ::finish) }
        }

    /** The camera's longer side lies along the screen's, and its picture is shown as it is. */
    @Composable
    private fun sides(): Float {
        val longer = CameraScanner.WIDTH.toFloat() / CameraScanner.HEIGHT
        return if (LocalConfiguration.current.orientation == Configuration.ORIENTATION_PORTRAIT) 1 / longer else longer
    }

    private fun preview(context: Context): SurfaceView {
        val view = SurfaceView(context)
        val calls =
            object : SurfaceHolder.Callback {
                override fun surfaceCreated(holder: SurfaceHolder) {
                    val wanted = if (intent.getBooleanExtra(CARDS, false)) CodeReader.Wanted.Cards else CodeReader.Wanted.GoodsAndTexts
                    scanner = CameraScanner(context, holder.surface, CodeReader(wanted)) { end -> runOnUiThread { ended(end) } }.also(CameraScanner::start)
                }

                override fun surfaceChanged(
                    holder: SurfaceHolder,
                    format: Int,
                    width: Int,
                    height: Int,
                ) = Unit

                override fun surfaceDestroyed(holder: SurfaceHolder) {
                    scanner?.close()
                    scanner = null
                }
            }
        view.holder.setFixedSize(CameraScanner.WIDTH, CameraScanner.HEIGHT)
        view.holder.addCallback(calls)
        return view
    }

    private fun ended(how: CameraScanner.End) {
        when (how) {
            is CameraScanner.End.Found -> setResult(Activity.RESULT_OK, answer(how.scanned))
            CameraScanner.End.NotAllowed -> refused = true
            CameraScanner.End.NoCamera -> (application as TekramApplication).diagnostics.note(DiagnosticLog.Moment.ScanFailed)
        }
        if (how != CameraScanner.End.NotAllowed) finish()
    }

    /** Asks for a code, or for the code of a card; none when the person turned away. */
    object Contract : ActivityResultContract<CodeReader.Wanted, CardCode?>() {
        override fun createIntent(
            context: Context,
            input: CodeReader.Wanted,
        ): Intent = Intent(context, ScanActivity::class.java).putExtra(CARDS, input == CodeReader.Wanted.Cards)

        override fun parseResult(
            resultCode: Int,
            intent: Intent?,
        ): CardCode? {
            val text = intent?.getStringExtra(TEXT)?.takeIf { resultCode == Activity.RESULT_OK }
            return text?.let { CardCode(intent.getStringExtra(KIND).orEmpty(), it) }
        }
    }

    private companion object {
        const val CARDS = "cards"
        const val TEXT = "text"
        const val KIND = "kind"

        fun answer(scanned: Scanned): Intent =
            when (scanned) {
                is Scanned.Goods -> Intent().putExtra(TEXT, scanned.gtin)
                is Scanned.Text -> Intent().putExtra(TEXT, scanned.text)
                is Scanned.Card -> Intent().putExtra(TEXT, scanned.text).putExtra(KIND, scanned.kind)
            }
    }
}
