"""Tokens as they look like, all of them made up by hand."""

TOKENS = {
    "github": "⟦N !ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa⟧",
    "gitlab": "⟦N !glpat-00000000000000000000⟧",
    "slack": "⟦N !xoxb-000000000000-000000000000-xxxxxxxxxxxxxxxxxxxxxxxx⟧",
    "openai": "⟦N !sk-proj-FAKEFAKEFAKEFAKEFAKEFAKE⟧",
    "stripe": "⟦N !sk_test_123⟧",
    "aws": ("⟦N !AKIAIOSFODNN7EXAMPLE⟧", "⟦N !wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY⟧"),
    "google": "⟦N !AIzaSyXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX⟧",
    "jwt": "⟦N !header.payload.signature⟧",
}
SALT = "⟦N {h:32}⟧"
USER_ID = "⟦N {uuid}⟧"
