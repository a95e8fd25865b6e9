// The app's pictograms, drawn as lines on a field of 24 × 24, so that no icon library is needed. Those that point
// somewhere turn around where the writing runs from right to left.
package tekram.ui.common

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.PathParser
import androidx.compose.ui.unit.dp

/** Pictograms by what they mean; the colour comes from where they are shown. */
object Icons {
    val History by lines("M12 4a8 8 0 1 1 -7.4 5M4 4v5h5M12 8v4.5l3 2")
    val Pay by lines("M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0 -18M12 3v9l6.5 6.2M12 12L3.6 9")
    val Want by lines("M5 8h14l-1 12H6ZM9 10.5V7a3 3 0 0 1 6 0v3.5")
    val Relations by lines("M10 20V8a4 4 0 0 0 -6 0M4 6v14M14 20V8a4 4 0 0 1 6 0M20 6v14")
    val Me by lines("M12 4a4 4 0 1 1 0 8a4 4 0 1 1 0 -8M4.5 20.5c0 -4 3.3 -6 7.5 -6s7.5 2 7.5 6")
    val Back by lines("M20 12H5M11 6l-6 6l6 6", mirrored = true)
    val Forward by lines("M9 5l7 7l-7 7", mirrored = true)
    val Close by lines("M6 6l12 12M18 6L6 18")
    val Check by lines("M5 12.5l5 5L19.5 7")
    val Add by lines("M12 5v14M5 12h14")
    val Remove by lines("M5 12h14")
    val Search by lines("M10.5 4a6.5 6.5 0 1 1 0 13a6.5 6.5 0 1 1 0 -13M15.5 15.5L20.5 20.5")
    val More by lines("M12 5v.01M12 12v.01M12 19v.01", width = 3.2f)
    val ThumbUp by lines("M7 11v9H4v-9ZM7 11l4 -7.5a2 2 0 0 1 2.4 2.3L12.8 10H19a1.8 1.8 0 0 1 1.7 2.2l-1.5 6.4a1.8 1.8 0 0 1 -1.8 1.4H7")
    val ThumbDown by lines("M7 13V4H4v9ZM7 13l4 7.5a2 2 0 0 0 2.4 -2.3L12.8 14H19a1.8 1.8 0 0 0 1.7 -2.2l-1.5 -6.4a1.8 1.8 0 0 0 -1.8 -1.4H7")
    val Import by lines("M12 4v11M7 10.5l5 5l5 -5M5 20h14")
    val Export by lines("M12 15V4M7 8.5l5 -5l5 5M5 20h14")
    val Share by lines("M8.2 10.8l7.6 -4.1M8.2 13.2l7.6 4.1" + KNOTS)
    val Copy by lines("M8 8h12v12H8ZM16 8V4H4v12h4")
    val Code by lines("M4 4h6v6H4ZM14 4h6v6h-6ZM4 14h6v6H4ZM14 14h2v2M20 14v2M14 20h3M20 19v1")
    val Scan by lines("M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16")
    val Place by lines("M12 21s7 -6.2 7 -11a7 7 0 1 0 -14 0c0 4.8 7 11 7 11M12 7.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5")
    val Lock by lines("M5 11h14v10H5ZM8 11V8a4 4 0 0 1 8 0v3M12 15v2")
    val Unlock by lines("M5 11h14v10H5ZM8 11V7.5a4 4 0 0 1 7.5 -2M12 15v2")
    val Presence by lines(
        "M6 9a6.5 6.5 0 0 1 12 1.5c.4 3 0 6 -1 9M9 10.5a3.2 3.2 0 0 1 6 1c.3 3.2 -.2 6 -1.4 9M12 12c.2 3.4 -.4 6 -1.8 8.3M6 13.5c.1 2 -.2 3.7 -1 5",
    )
    val Words by lines("M5 3h11l3 3v15H5ZM8.5 9h7M8.5 13h7M8.5 17h4")
    val Warning by lines("M12 4L2.8 20h18.4ZM12 10v4.5M12 17.2v.01")
    val Offline by lines("M4 4l16 16M7.5 18.5H17M19.6 17.2A4 4 0 0 0 17.5 10.6A6 6 0 0 0 9 7.2M6.6 9.6A4.6 4.6 0 0 0 7.5 18.5")
    val Tray by lines("M4 13l3 -8h10l3 8v6H4ZM4 13h5a3 3 0 0 0 6 0h5")
    val Music by lines("M9 18V6l10 -2v12M6.5 15.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5M16.5 13.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5")
    val Podcast by lines("M9 7a3 3 0 0 1 6 0v4a3 3 0 0 1 -6 0ZM5.5 11a6.5 6.5 0 0 0 13 0M12 17.5V21")
    val Radio by lines("M4 9h16v11H4ZM6 9l11 -5M15.5 12.5a2 2 0 1 1 0 4a2 2 0 1 1 0 -4M7 13h4M7 16h4")
    val Book by lines("M4 5c3 -1.3 6 -1 8 .8c2 -1.8 5 -2.1 8 -.8v14c-3 -1.3 -6 -1 -8 .8c-2 -1.8 -5 -2.1 -8 -.8ZM12 5.8v14")
    val Video by lines("M4 6h11v12H4ZM15 10.5l5 -3v9l-5 -3")
    val Page by lines("M6 3h8l4 4v14H6ZM14 3v4h4M9 11h6M9 14h6M9 17h4")
    val Advert by lines("M4 10v4h3l10 5V5L7 10ZM7 14l1.5 6H11l-1.2 -4.6M19.5 10a3 3 0 0 1 0 4")
    val Person by lines("M12 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 1 1 0 -7M5.5 19.500c.5 -3 3 -4.5 6.5 -4.500s6 1.5 6.5 4.5")
    val Key by lines("M8 8.500a4.5 4.5 0 1 1 0 9a4.5 4.5 0 1 1 0 -9M11.5 10.500L20 4M17 6.300l2 2.700M14.5 8.200l1.5 2")
    val Network by lines("M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0 -18M3.5 9.500h17M3.5 14.500h17M12 3c-5 5 -5 13 0 18M12 3c5 5 5 13 0 18")
    val Edit by lines("M4 20l1 -4.500L16 4.500l3.5 3.500L8.5 19ZM13.5 7l3.5 3.5")
    val Delete by lines("M5 7h14M9 7V4h6v3M7 7l1 13h8l1 -13M10.5 11v5.500M13.5 11v5.5")
    val Show by lines("M2.5 12c4 -7.5 15 -7.5 19 0c-4 7.5 -15 7.5 -19 0M12 9a3 3 0 1 1 0 6a3 3 0 1 1 0 -6")
    val Hide by lines("M2.5 12c4 -7.5 15 -7.5 19 0c-4 7.5 -15 7.5 -19 0M12 9a3 3 0 1 1 0 6a3 3 0 1 1 0 -6M4 20L20 4")
    val Expand by lines("M5 9l7 7l7 -7")
    val Collapse by lines("M5 15l7 -7l7 7")
    val Receipt by lines("M6 3v18l2 -1.500l2 1.500l2 -1.500l2 1.500l2 -1.500l2 1.500V3ZM9 8h6M9 12h6")
    val Clock by lines("M12 3a9 9 0 1 1 0 18a9 9 0 1 1 0 -18M12 7v5.500l3.5 2")
    val Refresh by lines("M19.5 9a8 8 0 1 0 .3 5M20 4v5h-5")
    val Phone by lines("M7 3h10v18H7ZM11 18h2")
    val Card by lines("M3 6h12v12H3ZM6 10h6M6 14h3M18 8.5a5 5 0 0 1 0 7M20.5 6a8.500 8.500 0 0 1 0 12")
    val Chart by lines("M4 20h16M7 20v-7M12 20V5M17 20v-10", width = 2.2f)
    val Link by lines("M10 14l4 -4M9 11l-3 3a3.5 3.5 0 0 0 5 5l3 -3M15 13l3 -3a3.5 3.5 0 0 0 -5 -5l-3 3")

    val Play by lines("M8 5l11 7l-11 7Z")
    val Pause by lines("M8.500 5.500v13M15.500 5.500v13", width = 3f)
    val SkipBack by lines("M4.500 9a8 8 0 1 1 -.3 5M4 4v5h5M9.500 12l3 -2.500v6")
    val SkipOn by lines("M19.500 9a8 8 0 1 0 .3 5M20 4v5h-5M11 12l3 -2.500v6")

    private fun lines(
        path: String,
        mirrored: Boolean = false,
        width: Float = 1.9f,
    ): Lazy<ImageVector> =
        lazy {
            ImageVector
                .Builder("icon", FIELD.dp, FIELD.dp, FIELD.toFloat(), FIELD.toFloat(), autoMirror = mirrored)
                .addPath(
                    pathData = PathParser().parsePathString(path).toNodes(),
                    stroke = SolidColor(Color.Black),
                    strokeLineWidth = width,
                    strokeLineCap = StrokeCap.Round,
                    strokeLineJoin = StrokeJoin.Round,
                ).build()
        }

    private const val FIELD = 24

    /** The three knots that lines of sharing meet in. */
    private const val KNOTS =
        "M6 9.5a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5M18 3a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5M18 16a2.5 2.5 0 1 1 0 5a2.5 2.5 0 1 1 0 -5"
}
