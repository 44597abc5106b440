# uv, and the virtual environment that it fills from requirements.lock. Sourced by bootstrap and lock, after members.sh.

uv_version=0.13.8
uv=.local/tools/bin/uv
# The system's Python and the system's certificates are what is used; uv would otherwise bring its own.
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=1 UV_NO_PROGRESS=1

# These two run as a condition, where bash does not stop at a failure by itself: each line says `|| return`.
install_uv() {
  [ -x "$uv" ] && [ "$("$uv" --version | cut -d' ' -f2)" = "$uv_version" ] && return
  python3 -m venv .local/tools || return
  .local/tools/bin/python -m pip install --disable-pip-version-check --quiet "uv==$uv_version"
}

install_python_packages() {
  local python=.venv/bin/python member editable=()
  [ -x "$python" ] || "$uv" venv --quiet --python "$(command -v python3)" .venv || return
  "$uv" pip install --quiet --python "$python" --requirement requirements.lock || return
  while read -r member; do editable+=(--editable "$member"); done < <(members)
  "$uv" pip install --quiet --python "$python" --no-deps --no-build-isolation "${editable[@]}"
}

# uv does not read pip's configuration. Who has told pip to fetch from somewhere means it for this too.
configure_uv_like_pip() {
  local option value
  while IFS='=' read -r option value; do
    value=${value#\'}
    value=${value%\'}
    value=${value//\\n/ }
    case $option in
      *.index-url) export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$value} ;;
      *.extra-index-url) export UV_INDEX=${UV_INDEX:-$value} UV_INDEX_STRATEGY=${UV_INDEX_STRATEGY:-unsafe-best-match} ;;
      *.find-links) export UV_FIND_LINKS=${UV_FIND_LINKS:-${value// /,}} ;;
      *.cert) export SSL_CERT_FILE=${SSL_CERT_FILE:-$value} ;;
    esac
  done < <(python3 -m pip config list 2>/dev/null || true)
}
