# Martlet in a small image: the executable with Swift's runtime inside it, libssl and libpq from Debian.
FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libssl-dev libpq-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Package.swift ./
COPY sql sql
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product martlet --static-swift-stdlib \
    && install -D --strip "$(swift build -c release --static-swift-stdlib --show-bin-path)/martlet" /out/martlet

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libpq5 libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /var/lib/martlet --create-home martlet \
    && install -d -m 0700 -o martlet -g martlet /var/lib/martlet/keys
COPY --from=build /out/martlet /usr/local/bin/martlet
USER 10001
WORKDIR /var/lib/martlet
# The database is the operator's own: the image has no PostgreSQL.
ENV MARTLET_LISTEN=0.0.0.0:8080 \
    MARTLET_KEYS_DIR=/var/lib/martlet/keys
VOLUME /var/lib/martlet/keys
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /health/live HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r _ status _ <&3 && [ \"$status\" = 200 ]"]
ENTRYPOINT ["martlet"]
CMD ["serve"]
