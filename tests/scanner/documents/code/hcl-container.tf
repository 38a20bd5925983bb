resource "aws_lambda_function" "mcp" {
  environment {
    variables = {
      ACME_API_KEY = "⟦S env:{an:40}⟧"
      NAME         = "${var.name}"
    }
  }
}
