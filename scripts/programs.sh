# Which programs of the system are missing, and how they come here. Sourced by bootstrap.

# Servers are looked for where packages put them: several are not on the PATH of an ordinary user.
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/opt/homebrew/bin"

has_postgres() { compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || command -v postgres >/dev/null; }
has_rabbitmq() { [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || command -v rabbitmq-server >/dev/null; }
has_python() { python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
has_certificates() { [ -e /etc/ssl/certs/ca-certificates.crt ] || [ "$(uname)" = Darwin ]; }

# The Debian packages that are missing, one a line.
missing_packages() {
  has_python || printf '%s\n' python3 python3-venv
  has_certificates || echo ca-certificates
  has_postgres || echo postgresql
  has_rabbitmq || echo rabbitmq-server
  command -v redis-server >/dev/null || echo redis-server
  command -v nginx >/dev/null || echo nginx-light
  command -v pgbouncer >/dev/null || echo pgbouncer
  command -v curl >/dev/null || echo curl
  command -v jq >/dev/null || echo jq
}

install_missing_programs() {
  local missing=()
  mapfile -t missing < <(missing_packages)
  [ ${#missing[@]} -gt 0 ] || return 0
  if ! command -v apt-get >/dev/null || ! may_install; then
    say_what_to_install "${missing[@]}"
    exit 1
  fi
  step "$logs/apt.log" "apt-get install ${missing[*]}" scripts/install-debian-packages "${missing[@]}"
}

# Root may; so may who has a sudo that asks nothing, or a terminal to ask in.
may_install() {
  [ "$(id -u)" -eq 0 ] && return
  command -v sudo >/dev/null || return
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }
}

say_what_to_install() {
  cat >&2 <<END
These are missing, and this account may not install them: $*

  Debian, Ubuntu   sudo apt-get install $*
  macOS            brew install python@3.12 postgresql@15 redis rabbitmq nginx curl jq
  others           Python 3.11+ with venv, PostgreSQL 15+, Redis 7+, RabbitMQ 3.10+, nginx 1.22+, curl, jq

Run the same command again afterwards; their services need not be started.
END
}
