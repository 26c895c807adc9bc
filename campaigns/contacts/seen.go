package contacts

import "hash/maphash"

// seen remembers which texts there were and on which line each stood first: 12 bytes in a table that is between 40 and
// 80 percent full, so 15 to 30 bytes for each text, however long it is. Texts are told apart by 64 bits of a seeded
// hash: among a million, that two different ones are taken for the same happens once in 37 million lists.
type seen struct {
	seed  maphash.Seed
	hash  []uint64 // 0: free
	line  []uint32
	count int
}

func newSeen() *seen {
	return &seen{seed: maphash.MakeSeed(), hash: make([]uint64, 1024), line: make([]uint32, 1024)}
}

// key is the hash of a text, never 0.
func (s *seen) key(text string) uint64 { return max(maphash.String(s.seed, text), 1) }

// find is the line on which a text stood first; 0 when it is new.
func (s *seen) find(text string) int {
	i, ok := s.slot(s.key(text))
	if !ok {
		return 0
	}
	return int(s.line[i])
}

// add remembers a text that is new.
func (s *seen) add(text string, line int) {
	if s.count*5 >= len(s.hash)*4 {
		s.grow()
	}
	key := s.key(text)
	if i, ok := s.slot(key); !ok {
		s.hash[i], s.line[i] = key, uint32(min(line, 1<<32-1))
		s.count++
	}
}

// slot is where a key stands, or where it would.
func (s *seen) slot(key uint64) (int, bool) {
	mask := len(s.hash) - 1
	for i := int(key) & mask; ; i = (i + 1) & mask {
		switch s.hash[i] {
		case key:
			return i, true
		case 0:
			return i, false
		}
	}
}

func (s *seen) grow() {
	hash, line := s.hash, s.line
	s.hash, s.line = make([]uint64, 2*len(hash)), make([]uint32, 2*len(line))
	for i, key := range hash {
		if key != 0 {
			at, _ := s.slot(key)
			s.hash[at], s.line[at] = key, line[i]
		}
	}
}
