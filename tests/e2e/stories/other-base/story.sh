# A base that the program does not run on is refused when the image is built, not at night.
# needs: e2e-alpine:latest
# red: Dockerfile: s/^RUN .usr.local.bin.resguardo --version .*[|][|]/RUN true ||/
ends 1 docker build --force-rm --build-arg BASE_IMAGE=e2e-alpine:latest --build-arg "BUILD_IMAGE=$BUILD_IMAGE" \
    -f "$E2E_ROOT/Dockerfile" "$E2E_SOURCE"
# As a line of its own: the builder also shows the step that holds it.
grep -qE '^[^ ]*resguardo does not run on this BASE_IMAGE: it must be Debian bookworm or newer' <<<"$said" || fail "not our sentence: $said"
