#!/bin/sh
# Gathers in a new folder what checks teenygrad on a GPU: the compiled tests, what they need, and check-gpu.sh. With that folder and
# the image that ./mvnw -Pdist package made, a machine needs neither Java nor Maven:
#
#   bin/pack-gpu-checks.sh FOLDER [GOLDEN...]     GOLDEN: further folders of recorded answers, as GoldenTest reads them
#   FOLDER/check-gpu.sh IMAGE                     there; see check-gpu.sh
set -eu
if [ $# -eq 0 ] || [ -e "$1" ]; then
  echo "usage: pack-gpu-checks.sh FOLDER [GOLDEN...], where FOLDER does not exist" >&2
  exit 2
fi
mkdir -p "$1/golden"
folder=$(cd "$1" && pwd -P)
shift
for golden in "$@"; do
  cp -r "$golden" "$folder/golden/"
done

cd "$(dirname "$0")/.."
junit=$(sed -n 's:.*<junit.version>\(.*\)</junit.version>.*:\1:p' pom.xml)
./mvnw -B -ntp -q -Dfast -pl teenygrad-core -am test-compile
./mvnw -B -ntp -q -pl teenygrad-core dependency:copy-dependencies -DincludeScope=test -DincludeArtifactIds=assertj-core -DoutputDirectory="$folder/lib"
./mvnw -B -ntp -q -pl teenygrad-core dependency:copy -Dartifact=org.junit.platform:junit-platform-console-standalone:"$junit" -DoutputDirectory="$folder/lib"
cp -r teenygrad-core/target/test-classes "$folder/tests"
cp bin/check-gpu.sh "$folder/"
