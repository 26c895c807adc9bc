# The production image: one static binary without the simulator, no shell, not root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -tags nosimulator,nomsgpack -ldflags '-s -w' -o /paydial ./cmd/paydial

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /paydial /paydial
WORKDIR /project
EXPOSE 8080
ENTRYPOINT ["/paydial"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
