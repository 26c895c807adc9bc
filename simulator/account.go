package simulator

import (
	"sync/atomic"
	"time"
)

// account is the one Twilio account that the simulator plays.
type account struct {
	sid, token string
	name       string
	created    time.Time
	pciMode    atomic.Bool // never set back
}

// pci reports whether PCI Mode is on: card data may be captured, Gather answers to https only, recordings are kept for
// a year and deleted for good, and nothing of Twilio's own transcribes them.
func (a *account) pci() bool { return a.pciMode.Load() }

// notice is an entry of Twilio's error log.
type notice struct {
	sid    string
	code   int
	text   string
	url    string
	method string
	call   string
	at     time.Time
}

// level is warning or error, as Twilio's dictionary has it for the code.
func (n notice) level() string {
	switch {
	case n.code == 12200, n.code == 15003, n.code == 13215,
		n.code >= 13214 && n.code <= 13227, n.code >= 13310 && n.code <= 13335 && n.code != 13320,
		n.code >= 13600 && n.code <= 13699, n.code == 0:
		return "warning"
	}
	return "error"
}
