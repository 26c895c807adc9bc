package simulator

import (
	"io"
	"net/http"
	"sync"

	"github.com/paydial/paydial/simulator/crowd"
)

// crowdBox holds the crowd that answers calls to numbers which are not the account's, and counts what its people did.
type crowdBox struct {
	mu     sync.Mutex
	crowd  *crowd.Crowd // nil: there is none
	people *crowd.People
	did    map[crowd.Behaviour]*deeds
}

// deeds is what people of one behaviour did.
type deeds struct {
	Calls    int `json:"calls"`    // so often they were rung
	Answered int `json:"answered"` // picked up
	Wished   int `json:"wished"`   // found what they were looking for, or hung up as they are wont to
}

// set replaces the crowd, and begins to count anew; nil is none.
func (b *crowdBox) set(c *crowd.Crowd) error {
	var people *crowd.People
	if c != nil {
		var err error
		if people, err = c.People(); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.crowd, b.people, b.did = c, people, map[crowd.Behaviour]*deeds{}
	return nil
}

// meet is who is rung, and the pace of their call if the crowd has one; nil when there is no crowd.
func (b *crowdBox) meet(number string, attempt int) (*crowd.Person, *float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.people == nil {
		return nil, nil
	}
	return b.people.Meet(number, attempt), b.crowd.Pace
}

// note counts what somebody did.
func (b *crowdBox) note(who crowd.Behaviour, count func(*deeds)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.did[who]
	if d == nil {
		d = &deeds{}
		b.did[who] = d
	}
	count(d)
}

// crowdView is the crowd as the control API shows it.
type crowdView struct {
	Crowd *crowd.Crowd              `json:"crowd"` // null: there is none
	Did   map[crowd.Behaviour]deeds `json:"did"`
}

func (b *crowdBox) view() crowdView {
	b.mu.Lock()
	defer b.mu.Unlock()
	v := crowdView{Crowd: b.crowd, Did: map[crowd.Behaviour]deeds{}}
	for who, d := range b.did {
		v.Did[who] = *d
	}
	return v
}

func (s *Simulator) ctlCrowd(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, s.crowd.view())
}

// ctlSetCrowd takes a crowd as its file has it, in YAML or JSON. Calls that are on the line keep their people.
func (s *Simulator) ctlSetCrowd(w http.ResponseWriter, r *http.Request) {
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequestBody))
	if err != nil {
		controlError(w, http.StatusRequestEntityTooLarge, "the body is larger than 1 MiB")
		return
	}
	c, err := crowd.Read(text)
	if err == nil {
		err = s.crowd.set(c)
	}
	if err != nil {
		controlError(w, http.StatusBadRequest, err.Error())
		return
	}
	s.ctlCrowd(w, r)
}

// ctlNoCrowd sends everybody home: calls are answered as if there had never been a crowd.
func (s *Simulator) ctlNoCrowd(w http.ResponseWriter, r *http.Request) {
	_ = s.crowd.set(nil) // cannot fail
	s.ctlCrowd(w, r)
}
