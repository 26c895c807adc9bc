//go:build !race

package simulator_test

import (
	"runtime"
	"testing"

	"github.com/paydial/paydial/simulator"
)

// maxBytesPerCall is what a finished call may keep when its details are gone. 20,000 of them are 60 MB then, and less in truth.
const maxBytesPerCall = 3072

// TestBytesPerCall states what is kept of a call made over REST that ended long ago: its record, and no more.
func TestBytesPerCall(t *testing.T) {
	if testing.Short() {
		t.Skip("makes 3,000 calls")
	}
	const warm, calls = 1000, 2000
	dial, settle, _ := outboundWorld(t, func(cfg *simulator.Config) { cfg.KeepCalls = -1 })
	for i := range warm { // connections, pools and the first sizes of maps
		dial(i)
	}
	settle()
	before := heap()
	for i := range calls {
		dial(warm + i)
	}
	settle()
	kept := (heap() - before) / calls
	t.Logf("%d bytes are kept per finished call", kept)
	if kept > maxBytesPerCall {
		t.Errorf("%d bytes are kept per finished call, more than %d", kept, maxBytesPerCall)
	}
}

func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
