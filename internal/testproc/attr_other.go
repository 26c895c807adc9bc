//go:build !linux

package testproc

import "syscall"

// Attr asks for nothing special: only Linux can tie a program's life to the test's.
func Attr() *syscall.SysProcAttr { return &syscall.SysProcAttr{} }
