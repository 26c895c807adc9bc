//go:build !unix

package pgtest

import (
	"syscall"

	"github.com/paydial/paydial/internal/testproc"
)

func unprivileged(string) (*syscall.SysProcAttr, error) { return testproc.Attr(), nil }
