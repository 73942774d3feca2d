# Finds a JDK of at least 25 and exports it as JAVA_HOME. Sourced by ./teenygrad and ./mvnw (POSIX sh).
#
# The places, in order: JAVA_HOME, the java on the PATH, then the folders where packages and version
# managers install JDKs. A JDK is recognised by its `release` file, so that no JVM is started to ask.

required_jdk=25

# Prints the feature version of the JDK in folder $1 (25 for 25.0.3), or nothing where there is none.
jdk_version() {
  if [ -x "$1/bin/javac" ] && [ -x "$1/bin/java" ] && [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9][0-9]*\).*/\1/p' "$1/release"
  fi
}

is_new_enough() {
  found_version=$(jdk_version "$1")
  [ -n "$found_version" ] && [ "$found_version" -ge "$required_jdk" ]
}

# Prints the home of the java on the PATH. Version managers put scripts there, so such a java is asked.
jdk_on_path() {
  path_java=$(command -v java) || return 0
  while [ -L "$path_java" ]; do
    path_link=$(readlink "$path_java")
    case $path_link in
      /*) path_java=$path_link ;;
      *) path_java=$(dirname "$path_java")/$path_link ;;
    esac
  done
  path_home=$(cd "$(dirname "$path_java")/.." && pwd -P)
  if [ -r "$path_home/release" ]; then
    printf '%s\n' "$path_home"
  else
    java -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java\.home = //p'
  fi
}

# Prints the installed JDK closest to the required version: the tools are tested with that one.
jdk_installed() {
  closest_home='' closest_version=''
  for candidate in \
    /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /usr/local/*jdk* /opt/* /opt/java/* /opt/jdk/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home \
    "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* "$HOME"/.jdks/*/Contents/Home \
    "$HOME"/.asdf/installs/java/* "$HOME"/.local/share/mise/installs/java/* "$HOME"/*jdk*; do
    if is_new_enough "$candidate" &&
      { [ -z "$closest_version" ] || [ "$found_version" -lt "$closest_version" ]; }; then
      closest_home=$candidate closest_version=$found_version
    fi
  done
  printf '%s\n' "$closest_home"
}

use_jdk() {
  HOME=${HOME:-/}
  if [ -n "${JAVA_HOME:-}" ] && is_new_enough "$JAVA_HOME"; then
    export JAVA_HOME
    return
  fi
  jdk_home=$(jdk_on_path)
  if ! is_new_enough "$jdk_home"; then
    jdk_home=$(jdk_installed)
  fi
  if [ -z "$jdk_home" ]; then
    echo "teenygrad needs a JDK $required_jdk or newer and found none:" \
      "get one from https://adoptium.net and set JAVA_HOME to its folder." >&2
    exit 1
  fi
  JAVA_HOME=$jdk_home
  export JAVA_HOME
}

# The JVM takes names of files, and the words of a command line, in the locale's encoding: in plain C, which is ASCII, it reads "größe" as
# "gr??e". What a locale says beside that stays.
use_utf8() {
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-C}}} in
    C | POSIX)
      if [ -n "${LC_ALL-}" ]; then export LC_ALL=C.UTF-8; else export LC_CTYPE=C.UTF-8; fi
      ;;
  esac
}
