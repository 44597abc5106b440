#!/bin/bash
# Run once by the PostgreSQL image on an empty volume: each database of SERVICE_DATABASES, with a role of its name that owns
# it and nothing else.
set -euo pipefail

for name in $SERVICE_DATABASES; do
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="$name" --set password="$SERVICE_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
