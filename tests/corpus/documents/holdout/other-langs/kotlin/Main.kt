import io.modelcontextprotocol.kotlin.sdk.client.Client

val process = ProcessBuilder("npx", "-y", "youtube-data-mcp-server").apply {
    environment()["YOUTUBE_API_KEY"] = "⟦S env:AIzaSy{w:33}⟧"
    environment()["YOUTUBE_LANG"] = "en"
}.start()

const val BUILD = "⟦N {h:12}⟧"
val token = System.getenv("TOKEN") ?: error("TOKEN is missing, e.g. ⟦N !abc⟧")
