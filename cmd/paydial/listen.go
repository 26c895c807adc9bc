package main

import (
	"errors"
	"net"
	"strconv"
	"syscall"
)

// listenFailure says which address cannot be listened on, and by which flag to choose another.
func listenFailure(err error, addr, flag string) error {
	var wrong *net.AddrError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fail(exitFailed, "%s is taken: another program listens there, perhaps another paydial\n"+
			"Choose another address with --%s, for example: --%s %s", addr, flag, flag, neighbour(addr))
	case errors.As(err, &wrong):
		return fail(exitUsage, "--%s %q is not an address: write HOST:PORT, such as 127.0.0.1:8080", flag, addr)
	}
	return fail(exitFailed, "%v\nChoose another address with --%s", err, flag)
}

// neighbour is the next port of an address; a port that is no number makes it any free one.
func neighbour(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	n, wrong := strconv.Atoi(port)
	if err != nil || wrong != nil || n >= 65535 {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort(host, strconv.Itoa(n+1))
}
