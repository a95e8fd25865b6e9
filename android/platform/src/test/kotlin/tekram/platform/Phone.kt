package tekram.platform

import android.content.Context
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** A phone of API 35 on this machine: the framework's own code, without hardware. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], manifest = Config.NONE)
abstract class Phone {
    protected val context: Context get() = RuntimeEnvironment.getApplication()
}
