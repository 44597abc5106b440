#!/bin/bash
# Makes a cluster of POSTGRES_USER on an empty directory, runs /docker-entrypoint-initdb.d once, and becomes the server.
set -euo pipefail

POSTGRES_USER=${POSTGRES_USER:-postgres}
export POSTGRES_USER

make_cluster() {
  initdb --pgdata "$PGDATA" --username "$POSTGRES_USER" --pwfile <(printf '%s\n' "${POSTGRES_PASSWORD:?is not given}") \
    --auth-local trust --auth-host scram-sha-256 --encoding UTF8
  echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
  echo "unix_socket_directories = '/tmp'" >>"$PGDATA/postgresql.conf"
  pg_ctl --pgdata "$PGDATA" --options '-c listen_addresses=' --wait start
  export PGHOST=/tmp
  if [ "${POSTGRES_DB:-postgres}" != postgres ]; then createdb --username "$POSTGRES_USER" "$POSTGRES_DB"; fi
  for script in /docker-entrypoint-initdb.d/*.sh; do
    if [ -e "$script" ]; then bash "$script"; fi
  done
  pg_ctl --pgdata "$PGDATA" --wait stop
}

if [ ! -e "$PGDATA/PG_VERSION" ]; then make_cluster; fi
exec "$@" -c "listen_addresses=*"
