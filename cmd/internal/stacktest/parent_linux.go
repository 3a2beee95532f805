package stacktest

import (
	"os/exec"
	"syscall"
)

// endWithParent has a process killed when the test's process ends without cleaning up,
// as it does at -timeout.
func endWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
