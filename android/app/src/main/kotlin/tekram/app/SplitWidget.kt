// This month's split on the home screen. Whoever sees the phone sees the home screen, so without the person's word it shows
// a ring without names or amounts, and nothing of it once the profile is locked. With their word names and amounts stay, also
// while the profile is locked; they are kept in memory alone, so that after a restart of the phone it says "Unlock to see it".
package tekram.app

import android.app.PendingIntent
import android.appwidget.AppWidgetManager
import android.appwidget.AppWidgetProvider
import android.content.ComponentName
import android.content.Context
import android.content.Intent
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.RectF
import android.net.Uri
import android.view.View
import android.widget.RemoteViews
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import tekram.ffi.Statement
import tekram.ui.common.Formats
import tekram.ui.common.attempt
import tekram.ui.common.shown
import tekram.ui.start.Session
import java.time.Clock

/** Tells the system what to show; the system keeps it until it is told again. */
class SplitWidget : AppWidgetProvider() {
    // A widget was put on the home screen, or the launcher or the phone has started anew.
    override fun onUpdate(
        context: Context,
        manager: AppWidgetManager,
        ids: IntArray,
    ) {
        val session = (context.applicationContext as TekramApplication).openSession()
        if (session == null) return locked(context)
        val broadcast = goAsync()
        CoroutineScope(Dispatchers.Default).launch {
            try {
                refresh(context, session)
            } finally {
                broadcast?.finish()
            }
        }
    }

    /** What the widget says. */
    sealed interface Shown {
        /** Nothing but that there is something. */
        data object Locked : Shown

        /** Parts of the whole, in the order of the split, and at most two lines in words. */
        data class Split(
            val parts: List<Float>,
            val lines: List<String>,
        ) : Shown
    }

    companion object {
        private const val LINES = 2
        private const val RING_PX = 168
        private const val RING_WIDTH_PX = 30f
        private val nothingToDivide = setOf("empty_month", "empty_log", "no_statement", "no_such_statement")
        private const val WHOLE = 360f
        private const val TOP = -90f
        private val colors =
            intArrayOf(
                0xFF2E8B94.toInt(),
                0xFFD08A2E.toInt(),
                0xFF8D7BC9.toInt(),
                0xFFC95C92.toInt(),
                0xFF76A33A.toInt(),
                0xFF5486D6.toInt(),
            )

        /** What is on the home screens and may stay there; none while nothing may. */
        @Volatile
        private var kept: Shown.Split? = null

        /** The profile is open: shows what the person allows. Only where such a widget was put on the home screen. */
        suspend fun refresh(
            context: Context,
            session: Session,
        ) {
            if (ids(context).isEmpty()) return
            val split =
                attempt { session.persona.rules()?.let { session.persona.statement(null) } }.getOrElse {
                    // Nothing was heard yet; whatever else went wrong leaves what is shown alone.
                    if (it.shown().name in nothingToDivide) null else return
                }
            val allowed = PhoneSettings(context).widgetSaysAmounts
            val shown = if (split == null) Shown.Split(emptyList(), listOf(glance(context))) else of(context, split, allowed)
            kept = shown.takeIf { allowed }
            show(context, shown)
        }

        /** Every profile is locked: what was shown without leave is taken back. */
        fun locked(context: Context) {
            if (!PhoneSettings(context).widgetSaysAmounts) kept = null
            show(context, kept ?: Shown.Locked)
        }

        /** The profile was deleted: nothing of it stays. */
        fun forget(context: Context) {
            kept = null
            show(context, Shown.Locked)
        }

        internal fun of(
            context: Context,
            split: Statement,
            sayAmounts: Boolean,
        ): Shown.Split {
            val whole = split.total.amountMinor
            val parts = if (whole > 0) split.lines.map { it.amountMinor.toFloat() / whole } else emptyList()
            val formats = Formats(PhoneWords(context.resources, context.packageName), Clock.systemDefaultZone())
            val lines =
                split.lines.take(LINES).map {
                    context.getString(R.string.app_widget_line, formats.money(it.amountMinor, split.total.currency), it.name)
                }
            return Shown.Split(parts, if (sayAmounts && lines.isNotEmpty()) lines else listOf(glance(context)))
        }

        private fun glance(context: Context): String = context.getString(R.string.common_widget_split_text)

        private fun show(
            context: Context,
            shown: Shown,
        ) {
            val shownOn = ids(context)
            if (shownOn.isNotEmpty()) AppWidgetManager.getInstance(context).updateAppWidget(shownOn, views(context, shown))
        }

        internal fun views(
            context: Context,
            shown: Shown,
        ): RemoteViews {
            val views = RemoteViews(context.packageName, R.layout.split_widget)
            views.setTextViewText(R.id.widget_title, context.getString(R.string.common_widget_split_title))
            when (shown) {
                Shown.Locked -> {
                    views.setViewVisibility(R.id.widget_ring, View.GONE)
                    views.setTextViewText(R.id.widget_text, context.getString(R.string.common_widget_split_locked))
                }

                is Shown.Split -> {
                    views.setViewVisibility(R.id.widget_ring, View.VISIBLE)
                    views.setImageViewBitmap(R.id.widget_ring, ring(shown.parts))
                    views.setTextViewText(R.id.widget_text, shown.lines.joinToString("\n"))
                }
            }
            val open = Intent(Intent.ACTION_VIEW, Uri.parse("tekram:pay"), context, MainActivity::class.java)
            views.setOnClickPendingIntent(R.id.widget, PendingIntent.getActivity(context, 0, open, PendingIntent.FLAG_IMMUTABLE))
            return views
        }

        private fun ring(parts: List<Float>): Bitmap {
            val bitmap = Bitmap.createBitmap(RING_PX, RING_PX, Bitmap.Config.ARGB_8888)
            val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply { style = Paint.Style.STROKE }
            paint.strokeWidth = RING_WIDTH_PX
            val edge = RING_WIDTH_PX / 2
            val oval = RectF(edge, edge, RING_PX - edge, RING_PX - edge)
            var from = TOP
            parts.forEachIndexed { index, part ->
                paint.color = colors[index % colors.size]
                Canvas(bitmap).drawArc(oval, from, part * WHOLE, false, paint)
                from += part * WHOLE
            }
            return bitmap
        }

        private fun ids(context: Context): IntArray =
            AppWidgetManager.getInstance(context)?.getAppWidgetIds(ComponentName(context, SplitWidget::class.java)) ?: IntArray(0)
    }
}
