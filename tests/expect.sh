# Compares what a program did with the expectation files beside its case. Sourced by tests/e2e/run and
# tests/golden/run.
#
#   CASE.stdout.exact   byte for byte             CASE.stdout.glob   line by line, as shell patterns;
#   CASE.stderr.exact                             CASE.stderr.glob   a line "..." stands for any lines
#   CASE.exit           the exit code
#
# Absent means: nothing on stdout, nothing on stderr, exit 0.

# matches_glob OUTPUT PATTERNS: whether the lines of one file match the patterns of the other.
matches_glob() {
  awk -v output="$1" -v patterns="$2" '
    # A shell pattern as an awk regular expression: * ? [set] are special, nothing else is.
    function to_regex(glob,   i, c, out, end) {
      out = "^"
      for (i = 1; i <= length(glob); i++) {
        c = substr(glob, i, 1)
        if (c == "*") out = out ".*"
        else if (c == "?") out = out "."
        else if (c == "[" && (end = index(substr(glob, i + 1), "]")) > 1) {
          out = out "[" (substr(glob, i + 1, 1) == "!" ? "^" substr(glob, i + 2, end - 2) : substr(glob, i + 1, end - 1)) "]"
          i += end
        }
        else if (c ~ /[A-Za-z0-9_ ]/) out = out c
        else out = out (c == "\\" || c == "^" ? "\\" c : "[" c "]")
      }
      return out "$"
    }
    BEGIN {
      while ((getline line < patterns) > 0) pattern[++m] = line
      while ((getline line < output) > 0) text[++n] = line
      # reach[i, j]: the first i patterns match the first j lines
      reach[0, 0] = 1
      for (i = 1; i <= m; i++) {
        any = pattern[i] == "..."
        regex = any ? "" : to_regex(pattern[i])
        for (j = 0; j <= n; j++) {
          if (any) reach[i, j] = ((i - 1, j) in reach && reach[i - 1, j]) || (j > 0 && reach[i, j - 1])
          else reach[i, j] = j > 0 && reach[i - 1, j - 1] && text[j] ~ regex
        }
      }
      exit !reach[m, n]
    }'
}

# check_stream NAME OUTPUT CASE: 0 if OUTPUT is what CASE expects of NAME (stdout, stderr); else shows the difference.
check_stream() {
  if [ -e "$3.$1.exact" ]; then
    cmp -s "$3.$1.exact" "$2" && return 0
    printf -- '--- %s is not %s:\n' "$1" "$3.$1.exact"
    diff -a "$3.$1.exact" "$2" | head -n 40
  elif [ -e "$3.$1.glob" ]; then
    matches_glob "$2" "$3.$1.glob" && return 0
    printf -- '--- %s does not match %s:\n' "$1" "$3.$1.glob"
    head -n 40 "$2"
  else
    [ -s "$2" ] || return 0
    printf -- '--- %s should be empty (no %s.%s.exact):\n' "$1" "$3" "$1"
    head -n 40 "$2"
  fi
  return 1
}

# check_outcome CASE STDOUT STDERR EXIT: all three; 0 if as expected.
check_outcome() {
  outcome=0
  check_stream stdout "$2" "$1" || outcome=1
  check_stream stderr "$3" "$1" || outcome=1
  expected=0
  if [ -e "$1.exit" ]; then expected=$(cat "$1.exit"); fi
  if [ "$4" != "$expected" ]; then
    printf -- '--- exit %s, not %s\n' "$4" "$expected"
    [ ! -s "$3" ] || { printf -- '--- stderr was:\n'; head -n 40 "$3"; }
    outcome=1
  fi
  return $outcome
}

# rewrite_outcome CASE STDOUT STDERR EXIT: makes the expectation files say what happened. Patterns that still match
# stay; read the diff before you commit it.
rewrite_outcome() {
  for stream in stdout stderr; do
    if [ "$stream" = stdout ]; then output=$2; else output=$3; fi
    if [ -e "$1.$stream.glob" ] && matches_glob "$output" "$1.$stream.glob"; then continue; fi
    rm -f "$1.$stream.glob" "$1.$stream.exact"
    if [ -s "$output" ]; then cp "$output" "$1.$stream.exact"; fi
  done
  rm -f "$1.exit"
  if [ "$4" != 0 ]; then printf '%s\n' "$4" >"$1.exit"; fi
}
