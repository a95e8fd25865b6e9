// A list on the screen over rows that are read page by page: what is not held yet is a quiet placeholder of the same
// height, and the end of what is known asks for more.
package tekram.ui.common

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.lazy.LazyColumn
import androidx.compose.foundation.lazy.LazyListScope
import androidx.compose.foundation.lazy.rememberLazyListState
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.runtime.Composable
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.snapshotFlow
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp

/**
 * Shows [rows] with [row]; [onNear] hears the index of what is on the screen. [before] are parts above the first row, [above]
 * is what stands above each row and is given the row before it, where that is held.
 */
@Composable
fun <T : Any> RowsList(
    rows: Rows<T>,
    onNear: (Int) -> Unit,
    modifier: Modifier = Modifier,
    before: LazyListScope.() -> Unit = {},
    above: @Composable (T?, T) -> Unit = { _, _ -> },
    row: @Composable (T) -> Unit,
) {
    val list = rememberLazyListState()
    LaunchedEffect(list, onNear) { snapshotFlow { list.firstVisibleItemIndex }.collect(onNear) }
    LazyColumn(modifier.fillMaxSize(), list) {
        before()
        items(rows.count) { index ->
            val shown = rows[index]
            if (shown == null) {
                LaunchedEffect(index) { onNear(index) }
                Box(Modifier.fillMaxWidth().height(72.dp))
            } else {
                above(rows.takeIf { index > 0 }?.get(index - 1), shown)
                row(shown)
            }
        }
        rows.failure?.let { failure -> item { ErrorLine(errorText(failure), Modifier.padding(screenPadding)) } }
        if (!rows.ended) item { More(rows.count, onNear) }
    }
}

/** The end of what is known: asks for the page that begins at [index]. */
@Composable
private fun More(
    index: Int,
    onNear: (Int) -> Unit,
) {
    val spoken = word("common_loading_a11y")
    LaunchedEffect(index) { onNear(index) }
    Box(Modifier.fillMaxWidth().padding(screenPadding), contentAlignment = Alignment.Center) {
        CircularProgressIndicator(Modifier.semantics { contentDescription = spoken })
    }
}
