# resguardo as a sidecar: the program alone, on top of the image that the database runs from. So
# pg_dump, psql and the server programs for the drill are of the server's own version, its
# extensions come along, and all layers but our few are on the machine already.
#
#   docker build -t resguardo .
#   docker build -t resguardo --build-arg BASE_IMAGE=postgis/postgis:15-3.4 .
#
# BASE_IMAGE: Debian bookworm or newer with PostgreSQL's programs. BUILD_IMAGE: where it is built;
# its C library must not be newer than the base's.
ARG BASE_IMAGE=postgres:15
ARG BUILD_IMAGE=rust:1.95-bookworm

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
# The dependencies first, by themselves: a layer that a change of our own code leaves standing.
COPY Cargo.toml Cargo.lock ./
RUN mkdir -p src benches/speed \
    && echo 'fn main() {}' | tee src/main.rs > benches/speed/main.rs \
    && : > src/lib.rs \
    && cargo build --release --locked --bin resguardo \
    && rm -rf src target/release/resguardo* target/release/deps/*resguardo* target/release/.fingerprint/resguardo-*
COPY config config
COPY templates templates
COPY src src
RUN cargo build --release --locked --bin resguardo

FROM ${BASE_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="resguardo" \
      org.opencontainers.image.description="Keeps an application's data restorable: PostgreSQL, SQLite, media, settings" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
USER root
COPY --from=build /build/target/release/resguardo /usr/local/bin/resguardo
# Whom mail servers and databases are believed by: PostgreSQL's own image knows nobody.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /usr/local/share/resguardo/ca-certificates.crt
# Time zones are part of the program. A base that it does not run on is refused here, not at night.
RUN /usr/local/bin/resguardo --version >/dev/null 2>&1 || { \
        echo >&2 "resguardo does not run on this BASE_IMAGE: it must be Debian bookworm or newer (glibc 2.36); Alpine and older systems are not"; \
        exit 1; \
    } \
    && mkdir -p /etc/ssl/certs \
    && { [ -e /etc/ssl/certs/ca-certificates.crt ] || ln -s /usr/local/share/resguardo/ca-certificates.crt /etc/ssl/certs/; } \
    && mkdir -p /resguardo/backups /resguardo/logs /resguardo/config \
    && chown postgres:postgres /resguardo/backups /resguardo/logs
WORKDIR /resguardo
# Set anew, for the base is a database server's: it ends by SIGINT, begins as root, knows a data folder.
ENV PGDATA="" \
    RESGUARDO_SERVE__LISTEN=0.0.0.0:8080 \
    RESGUARDO_DRILL__DIR=/var/lib/postgresql/data
# The base lists 5432 beside it, which no later layer can take back; nobody listens there.
EXPOSE 8080
STOPSIGNAL SIGTERM
USER postgres
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 CMD ["resguardo", "health", "--quiet"]
ENTRYPOINT ["resguardo"]
CMD ["run"]
