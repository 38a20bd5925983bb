"""Counts orders. Reads everything from the environment; no servers here."""
import os
import sys
from urllib.parse import quote_plus

import psycopg

USER = os.environ.get("DB_USER", "report")
PASSWORD = os.environ["DB_PASSWORD"]
DSN = f"postgresql://{USER}:{quote_plus(PASSWORD)}@db.acme.example/orders"
DOC = "postgresql://user:⟦N !password⟧@host:5432/dbname"
API_TOKEN = os.getenv("API_TOKEN") or sys.exit("API_TOKEN is not set")
GUID = "⟦N {H:8}-{H:4}-{H:4}-{H:4}-{H:12}⟧"
ETAG = '"⟦N {h:32}⟧"'
FERNET_EXAMPLE = "⟦N !replace-with-Fernet.generate_key()⟧"

with psycopg.connect(DSN) as connection:
    print(connection.execute("select count(*) from orders").fetchone())
