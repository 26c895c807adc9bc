package simulator

import (
	"encoding/hex"
	"math/rand/v2"
	"sync"
)

// ids makes SIDs and everything else that is drawn by chance; with a seed, the same ones in every run.
type ids struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func newIDs(seed uint64) *ids {
	if seed == 0 {
		return &ids{rng: rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))}
	}
	return &ids{rng: rand.New(rand.NewPCG(seed, seed))}
}

// sid makes a SID: two letters and 32 hexadecimal digits.
func (i *ids) sid(prefix string) string { return prefix + i.hex(16) }

// uuid makes a version 4 UUID.
func (i *ids) uuid() string {
	b := i.bytes(16)
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func (i *ids) hex(n int) string { return hex.EncodeToString(i.bytes(n)) }

func (i *ids) bytes(n int) []byte {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := make([]byte, n)
	for k := range b {
		b[k] = byte(i.rng.Uint32())
	}
	return b
}

// percent is true in p of a hundred cases.
func (i *ids) percent(p float64) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.rng.Float64()*100 < p
}

// below draws a number from 0 up to but not including n.
func (i *ids) below(n int) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.rng.IntN(n)
}
