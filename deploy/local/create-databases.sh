#!/bin/bash
# Run once by the PostgreSQL image on an empty volume: a database and a role that owns it and nothing else, per service.
set -euo pipefail

for service in cart pricing inventory recovery upsell analytics; do
  psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set name="cartwheel_$service" --set password="$SERVICE_PASSWORD" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
