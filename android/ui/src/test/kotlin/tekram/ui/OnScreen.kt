// Clicks through screens without a display: the usual surroundings of a picture, and Compose's test driver.
package tekram.ui

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.test.ComposeUiTest
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.v2.runDesktopComposeUiTest
import tekram.ui.common.Device
import tekram.ui.common.LocalDevice
import tekram.ui.common.PlainDevice
import tekram.ui.pictures.Surroundings
import tekram.ui.pictures.Variant

/** Shows [content] as in [variant] and plays [story] on it. */
@OptIn(ExperimentalTestApi::class)
fun onScreen(
    content: @Composable () -> Unit,
    variant: Variant = Variant.Light,
    device: Device = PlainDevice(),
    story: ComposeUiTest.() -> Unit,
) = runDesktopComposeUiTest(variant.width, variant.height) {
    setContent { Surroundings(variant) { CompositionLocalProvider(LocalDevice provides device, content = content) } }
    story()
}
