import mcp, os
os.environ["DB_PASSWORD"] = "⟦S env:{pw:!}⟧"
os.environ["PGPASSWORD"] = "⟦N !postgres⟧"
os.environ["TEST_PASSWORD"] = "⟦N !Password123!⟧"
