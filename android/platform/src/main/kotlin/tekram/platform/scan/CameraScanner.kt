// Shows the back camera on a surface and looks for a code in its pictures until one is found or it is closed. Nothing
// is stored. All work is on a thread of its own; answers come there too, once.
package tekram.platform.scan

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.Image
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import java.util.concurrent.Executor

class CameraScanner(
    private val context: Context,
    private val preview: Surface,
    private val reader: CodeReader = CodeReader(),
    private val onEnd: (End) -> Unit,
) : AutoCloseable {
    sealed interface End {
        data class Found(
            val scanned: Scanned,
        ) : End

        /** The camera was not allowed. */
        data object NotAllowed : End

        /** There is no camera, or another app has it. */
        data object NoCamera : End
    }

    private val thread = HandlerThread("scan").apply { start() }
    private val handler = Handler(thread.looper)
    private val pictures = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, BUFFERS)
    private var device: CameraDevice? = null
    private var ended = false

    @SuppressLint("MissingPermission")
    fun start() {
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
            handler.post { end(End.NotAllowed) }
            return
        }
        pictures.setOnImageAvailableListener({ look() }, handler)
        try {
            val manager = context.getSystemService(CameraManager::class.java)
            val back = manager?.cameraIdList?.firstOrNull { facesBack(manager, it) }
            if (manager == null || back == null) handler.post { end(End.NoCamera) } else manager.openCamera(back, opening, handler)
        } catch (_: CameraAccessException) {
            handler.post { end(End.NoCamera) }
        }
    }

    override fun close() {
        handler.post {
            ended = true
            device?.close()
            pictures.close()
            thread.quitSafely()
        }
    }

    private val opening =
        object : CameraDevice.StateCallback() {
            override fun onOpened(camera: CameraDevice) {
                if (ended) camera.close() else show(camera)
            }

            override fun onDisconnected(camera: CameraDevice) {
                camera.close()
                end(End.NoCamera)
            }

            override fun onError(
                camera: CameraDevice,
                error: Int,
            ) = onDisconnected(camera)
        }

    private fun show(camera: CameraDevice) {
        device = camera
        val running =
            object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                    request.addTarget(preview)
                    request.addTarget(pictures.surface)
                    request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                    session.setRepeatingRequest(request.build(), null, handler)
                }

                override fun onConfigureFailed(session: CameraCaptureSession) = end(End.NoCamera)
            }
        val outputs = listOf(OutputConfiguration(preview), OutputConfiguration(pictures.surface))
        val onHandler = Executor { handler.post(it) }
        camera.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, onHandler, running))
    }

    private fun look() {
        val image = if (ended) null else pictures.acquireLatestImage()
        val found = image?.use { reader.read(brightness(it)) }
        if (found != null) end(End.Found(found))
    }

    private fun end(how: End) {
        if (ended) return
        ended = true
        device?.close()
        onEnd(how)
    }

    private companion object {
        const val WIDTH = 1280
        const val HEIGHT = 720
        const val BUFFERS = 2

        fun facesBack(
            manager: CameraManager,
            id: String,
        ): Boolean =
            manager.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK

        fun brightness(image: Image): Brightness {
            val plane = image.planes[0]
            val bytes = ByteArray(plane.buffer.remaining()).also { plane.buffer.get(it) }
            // The last row may end at the picture's edge instead of the stride.
            val whole = bytes.copyOf(maxOf(bytes.size, plane.rowStride * image.height))
            return Brightness(whole, plane.rowStride, image.width, image.height)
        }
    }
}
