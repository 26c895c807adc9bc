package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

type options struct {
	log, people, never, hours string
	perSecond, atOnce         int
	slack                     float64
	lead                      time.Duration
}

// call is a line of the log.
type call struct {
	SID        string            `json:"sid"`
	To         string            `json:"to"`
	Query      map[string]string `json:"query"`
	PostedAt   time.Time         `json:"posted_at"`
	AnsweredAt time.Time         `json:"answered_at"`
	EndedAt    time.Time         `json:"ended_at"`
	Status     string            `json:"status"`
	Behaviour  string            `json:"behaviour"`
	Paid       []struct {
		Amount   string `json:"amount"`
		Currency string `json:"currency"`
	} `json:"paid"`
}

// verdict is what there is to say.
type verdict struct {
	Calls       int            `json:"calls"`
	Numbers     int            `json:"numbers"` // that were rung
	People      int            `json:"people"`
	Peak        int            `json:"peak"` // most calls asked for within any second
	Tens        []int          `json:"tens"` // calls asked for in each ten seconds
	Mean        float64        `json:"mean"` // calls a second while it was steady: people waited for their first call; 0: is not judged
	AtOnce      int            `json:"at_once"`
	Paid        map[string]int `json:"paid"` // by currency, in its smallest unit
	Payments    int            `json:"payments"`
	Statuses    map[string]int `json:"statuses"`
	Behaviours  map[string]int `json:"behaviours"`
	Problems    []string       `json:"problems"`
	ProblemsAll int            `json:"problems_all"`
}

const shownProblems = 20

// rules are what was to be kept.
type rules struct {
	zones    map[string]*time.Location // of everybody on the list
	never    map[string]bool
	from, to int // the hours, in minutes after midnight
}

func readRules(o options) (r rules, err error) {
	if r.zones, err = readPeople(o.people); err != nil {
		return r, err
	}
	if r.never, err = readNumbers(o.never); err != nil {
		return r, err
	}
	r.from, r.to, err = readHours(o.hours)
	return r, err
}

func (v *verdict) wrong(format string, args ...any) {
	if v.ProblemsAll++; v.ProblemsAll <= shownProblems {
		v.Problems = append(v.Problems, fmt.Sprintf(format, args...))
	}
}

// run reads everything and judges it.
func run(o options) (*verdict, error) {
	calls, err := readLog(o.log)
	if err != nil {
		return nil, err
	}
	kept, err := readRules(o)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(calls, func(a, b call) int { return a.PostedAt.Compare(b.PostedAt) })
	v := &verdict{Calls: len(calls), People: len(kept.zones), Paid: map[string]int{}, Statuses: map[string]int{}, Behaviours: map[string]int{}}
	judgeAttempts(v, calls)
	judgePlaces(v, calls, kept)
	judgePace(v, calls, o)
	judgeAtOnce(v, calls, o.atOnce)
	return v, judgeMoney(v, calls)
}

// judgeAttempts looks for attempts that were dialed twice, for people rung after they had asked not to be, and for
// people with two live calls.
func judgeAttempts(v *verdict, calls []call) {
	attempts, last := map[string]string{}, map[string]call{}
	for _, c := range calls {
		v.Statuses[c.Status]++
		v.Behaviours[c.Behaviour]++
		row, n := c.Query["row"], c.Query["attempt"]
		if c.Query["campaign"] == "" || row == "" || n == "" {
			v.wrong("%s to %s says nothing of its attempt", c.SID, c.To)
			continue
		}
		key := c.Query["campaign"] + " row " + row + " attempt " + n
		if before, twice := attempts[key]; twice {
			v.wrong("%s was dialed twice: %s and %s", key, before, c.SID)
		}
		attempts[key] = c.SID
		if before, again := last[c.To]; again {
			if before.EndedAt.IsZero() || before.EndedAt.After(c.PostedAt) {
				v.wrong("%s was rung by %s while %s was live", c.To, c.SID, before.SID)
			}
			if before.Behaviour == "opts_out" && !before.AnsweredAt.IsZero() {
				v.wrong("%s had asked on %s not to be rung, and was by %s", c.To, before.SID, c.SID)
			}
			if len(before.Paid) > 0 {
				v.wrong("%s had paid on %s, and was rung by %s", c.To, before.SID, c.SID)
			}
		}
		last[c.To] = c
	}
	v.Numbers = len(last)
}

// judgePlaces looks for calls to who is not on the list or must not be rung, or at a time at which they must not be.
func judgePlaces(v *verdict, calls []call, kept rules) {
	for _, c := range calls {
		zone := kept.zones[c.To]
		if zone == nil {
			v.wrong("%s was rung by %s and is not on the list", c.To, c.SID)
			continue
		}
		if kept.never[c.To] {
			v.wrong("%s was rung by %s and is on a do-not-call list", c.To, c.SID)
		}
		local := c.PostedAt.In(zone)
		if minute := local.Hour()*60 + local.Minute(); minute < kept.from || minute >= kept.to {
			v.wrong("%s was rung by %s at %s in %s", c.To, c.SID, local.Format("15:04:05.000"), zone)
		}
	}
}

// judgePace looks at every stretch of one second that begins with a call, and at the mean while it was steady.
func judgePace(v *verdict, calls []call, o options) {
	for first, i := 0, 0; i < len(calls); i++ {
		ten := int(calls[i].PostedAt.Sub(calls[0].PostedAt) / (10 * time.Second))
		for len(v.Tens) <= ten {
			v.Tens = append(v.Tens, 0)
		}
		v.Tens[ten]++
		for calls[i].PostedAt.Sub(calls[first].PostedAt) >= time.Second {
			first++
		}
		if n := i - first + 1; n > v.Peak {
			v.Peak = n
			if n > o.perSecond {
				v.wrong("%d calls were asked for in the second before %s, %d may be", n, calls[i].PostedAt.Format("15:04:05.000"), o.perSecond)
			}
		}
	}
	if len(calls) == 0 || o.slack == 0 {
		return
	}
	// There is always somebody to be rung as long as people wait for their first call.
	last := calls[0].PostedAt
	for _, c := range calls {
		if c.Query["attempt"] == "1" {
			last = c.PostedAt
		}
	}
	begin, end := calls[0].PostedAt.Add(o.lead), last.Add(-o.lead)
	if end.Sub(begin) < o.lead {
		v.wrong("%s is too short to judge the pace by", last.Sub(calls[0].PostedAt))
		return
	}
	n := 0
	for _, c := range calls {
		if !c.PostedAt.Before(begin) && c.PostedAt.Before(end) {
			n++
		}
	}
	v.Mean = float64(n) / end.Sub(begin).Seconds()
	if least := float64(o.perSecond) * (1 - o.slack/100); v.Mean < least {
		v.wrong("the mean pace is %.2f a second, at least %.2f was to be kept", v.Mean, least)
	}
}

// judgeAtOnce counts who was live together.
func judgeAtOnce(v *verdict, calls []call, most int) {
	type edge struct {
		at   time.Time
		step int
	}
	var edges []edge
	for _, c := range calls {
		edges = append(edges, edge{c.PostedAt, 1})
		if !c.EndedAt.IsZero() {
			edges = append(edges, edge{c.EndedAt, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		if d := a.at.Compare(b.at); d != 0 {
			return d
		}
		return a.step - b.step // an end first
	})
	live := 0
	for _, e := range edges {
		live += e.step
		v.AtOnce = max(v.AtOnce, live)
	}
	if most > 0 && v.AtOnce > most {
		v.wrong("%d calls were live at once, %d may be", v.AtOnce, most)
	}
}

// judgeMoney adds up what was charged, and looks for calls that charged twice.
func judgeMoney(v *verdict, calls []call) error {
	for _, c := range calls {
		if len(c.Paid) > 1 {
			v.wrong("%s charged %d times", c.SID, len(c.Paid))
		}
		for _, p := range c.Paid {
			whole, cents, _ := strings.Cut(p.Amount, ".")
			minor, err := strconv.Atoi(whole + (cents + "00")[:2])
			if err != nil {
				return fmt.Errorf("%s charged %q: %w", c.SID, p.Amount, err)
			}
			v.Payments++
			v.Paid[p.Currency] += minor
		}
	}
	return nil
}

func readLog(path string) ([]call, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []call
	for lines := json.NewDecoder(bufio.NewReader(f)); ; {
		var c call
		err := lines.Decode(&c)
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, c)
	}
}

// readPeople reads where everybody is.
func readPeople(path string) (map[string]*time.Location, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, fmt.Errorf("%s: %w", path, errors.Join(err, errors.New("no list")))
	}
	phone, zone := slices.Index(rows[0], "phone"), slices.Index(rows[0], "timezone")
	if phone < 0 || zone < 0 {
		return nil, fmt.Errorf("%s: the columns phone and timezone are needed", path)
	}
	all, known := map[string]*time.Location{}, map[string]*time.Location{}
	for _, row := range rows[1:] {
		name := row[zone]
		if known[name] == nil {
			if known[name], err = time.LoadLocation(name); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
		all[row[phone]] = known[name]
	}
	return all, nil
}

func readNumbers(path string) (map[string]bool, error) {
	all := map[string]bool{}
	if path == "" {
		return all, nil
	}
	text, err := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if number := strings.TrimSpace(line); number != "" {
			all[number] = true
		}
	}
	return all, err
}

// readHours reads 08:00-21:00 as minutes after midnight.
func readHours(text string) (from, to int, err error) {
	var h1, m1, h2, m2 int
	if _, err := fmt.Sscanf(text, "%d:%d-%d:%d", &h1, &m1, &h2, &m2); err != nil {
		return 0, 0, fmt.Errorf("hours %q: %w", text, err)
	}
	return h1*60 + m1, h2*60 + m2, nil
}
