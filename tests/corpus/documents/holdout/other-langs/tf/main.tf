resource "kubernetes_secret" "mcp" {
  metadata { name = "mcp" }
  data = { SHODAN_API_KEY = var.shodan_key, NOTE = "⟦N !see vault⟧" }
}

resource "docker_container" "mcp_postmark" {
  image = "acme/postmark-mcp@sha256:⟦N {h:64}⟧"
  env   = ["POSTMARK_SERVER_TOKEN=⟦A env:{uuid}⟧", "FROM=kai@acme.example"]
}
