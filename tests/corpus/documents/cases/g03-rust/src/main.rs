use rmcp::{ServiceExt, transport::{ConfigureCommandExt, TokioChildProcess}};
use tokio::process::Command;

const VERSION: &str = "⟦N {h:8}⟧";

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let service = ()
        .serve(TokioChildProcess::new(Command::new("npx").configure(|cmd| {
            cmd.arg("-y")
                .arg("mcp-server-qdrant")
                .env("QDRANT_URL", "https://⟦N {uuid}⟧.eu-central-1-0.aws.cloud.qdrant.io:6333")
                .env("QDRANT_API_KEY", "⟦S env:{jwt:access=m}⟧");
        }))?)
        .await?;
    let token = std::env::var("MCP_TOKEN").unwrap_or_else(|_| "⟦N !none⟧".to_owned());
    println!("{VERSION} {} {}", token.len(), service.list_all_tools().await?.len());
    Ok(())
}
