{ pkgs, config, ... }:
{
  programs.claude-code = {
    enable = true;
    mcpServers = {
      github = {
        command = "${pkgs.github-mcp-server}/bin/github-mcp-server";
        args = [ "stdio" ];
        env.GITHUB_PERSONAL_ACCESS_TOKEN = "⟦S env:ghp_{an:30}{chk-ghp}⟧";
      };
      kagi = {
        command = "uvx";
        args = [ "kagimcp" ];
        env.KAGI_API_KEY = "⟦N !${config.sops.placeholder.kagi}⟧";
      };
    };
  };
  home.file.x.source = pkgs.fetchurl { url = "https://files.acme.example/x"; sha256 = "⟦N {B32l:52}⟧"; };
  fetch.hash = "sha256-⟦N {b:43}=⟧";
}
