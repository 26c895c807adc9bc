package simulator

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

// number is a phone number of the account, with the application that answers it. The registry hands out copies.
type number struct {
	sid            string
	phone          string
	name           string
	voiceURL       string
	voiceMethod    string
	fallbackURL    string
	fallbackMethod string
	statusURL      string
	statusMethod   string
	created        time.Time
	updated        time.Time
}

// numbers is the account's phone numbers by E.164 number.
type numbers struct {
	mu    sync.Mutex
	order []string
	by    map[string]number
}

func newNumbers() *numbers { return &numbers{by: map[string]number{}} }

// put adds a number or replaces the one of the same phone.
func (n *numbers) put(num number) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, ok := n.by[num.phone]; !ok {
		n.order = append(n.order, num.phone)
	}
	n.by[num.phone] = num
}

func (n *numbers) get(phone string) (number, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	num, ok := n.by[phone]
	return num, ok
}

func (n *numbers) bySID(sid string) (number, bool) {
	for _, num := range n.list() {
		if num.sid == sid {
			return num, true
		}
	}
	return number{}, false
}

func (n *numbers) remove(phone string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.by, phone)
	for i, p := range n.order {
		if p == phone {
			n.order = append(n.order[:i:i], n.order[i+1:]...)
			return
		}
	}
}

// list gives the numbers, the oldest first.
func (n *numbers) list() []number {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := make([]number, 0, len(n.order))
	for _, p := range n.order {
		out = append(out, n.by[p])
	}
	return out
}

// isE164 reports whether s is a plus sign and 7 to 15 digits.
func isE164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	return strings.Trim(s[1:], "0123456789") == ""
}

// checkURL makes sure that s is an address a webhook can go to.
func checkURL(s string) error {
	u, err := url.Parse(s)
	if err != nil {
		return fmt.Errorf("%q is not a URL", s)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%q is not an absolute http or https URL", s)
	}
	return nil
}

var errNoNumber = errors.New("no such number")

var errClosing = errors.New("the simulator is closing")
