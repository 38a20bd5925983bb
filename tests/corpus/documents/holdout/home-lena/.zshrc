export ZSH="$HOME/.oh-my-zsh"
plugins=(git fzf)
export TERM_SESSION_ID=⟦N {uuid}⟧
alias mcp-tempo='TEMPO_API_TOKEN=⟦S env:{an:32}⟧ npx -y @ivelin-web/tempo-mcp-server'
export ANTHROPIC_API_KEY="⟦N !$(security find-generic-password -w -s anthropic)⟧"
export HOMEBREW_GITHUB_API_TOKEN=⟦A env:ghp_{an:30}{chk-ghp}⟧
