# The workspace's packages. Sourced by bootstrap, lint and lock.

# Their folders, one a line, as pyproject.toml names them for uv.
members() {
  local patterns
  patterns=$(sed -n 's/^members = \[\(.*\)\]$/\1/p' pyproject.toml | tr -d '",')
  # shellcheck disable=SC2086 # patterns are to be expanded
  printf '%s\n' $patterns
}
