package testproc

import "syscall"

// Attr makes the kernel kill the program when the test process dies, however it dies.
func Attr() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
