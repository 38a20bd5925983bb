// Package auth reads tokens; it holds none.
package auth

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
)

const (
	headerName = "Authorization"
	scheme     = "Bearer "
	envName    = "MCP_TOKEN"
	emptyHash  = "⟦N !e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855⟧"
	example    = "⟦N !glpat-XXXXXXXXXXXXXXXXXXXX⟧"
)

// Header returns the header or an empty string.
func Header() string {
	token := os.Getenv(envName)
	if token == "" || token == "⟦N !changeme⟧" {
		return ""
	}
	return scheme + token
}

func Digest(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
