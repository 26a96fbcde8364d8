# battlehub as a static binary, alone in an empty image, run by an unprivileged user.
#
#   docker build -t battlehub .
#   docker run -p 8080:8080 -v battlehub:/data -e BATTLEHUB_OPEN=true battlehub
#
# A container listens beyond its loopback, so everyone who reaches it would see every
# battle. battlehub refuses to do that unless somebody says that it is wanted:
# BATTLEHUB_OPEN=true, or --open. The image does not say it for you.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/battlehub ./cmd/battlehub
RUN mkdir /out/data

FROM scratch
COPY --from=build /out/battlehub /battlehub
COPY --from=build --chown=65532:65532 /out/data /data
# By number: an empty image has no /etc/passwd, and Kubernetes' runAsNonRoot wants to see it.
USER 65532:65532
ENV BATTLEHUB_LISTEN=:8080 BATTLEHUB_OPS_LISTEN=:8081 BATTLEHUB_DATA_DIR=/data
VOLUME /data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/battlehub", "health"]
ENTRYPOINT ["/battlehub"]
