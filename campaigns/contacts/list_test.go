package contacts_test

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns/contacts"
	"github.com/paydial/paydial/flows"
)

const project = `format: 1
line: Acme
timezone: America/New_York
languages: [en-US, es-US]
payments: { connector: Default, currency: usd }
`

const flow = `format: 1
flow: renew
about: A call.
direction: outbound
speaks: [en-US, es-US]
needs:
  first_name: text
  language: language, or en-US
  birth_year: digits, private
  price: money
  ends_on: date
scenes:
  answered:
    - say: Hello ${first_name}.
    - hang_up: Goodbye.
`

// campaign is a campaign whose list has the columns of the design's example.
func campaign(t testing.TB) *flows.Campaign {
	t.Helper()
	p, _ := flows.Load(flows.Bundle{Files: []flows.File{{Path: "paydial.yaml", Source: []byte(project)}, {Path: "flows/renew.yaml", Source: []byte(flow)}}})
	if p.Flows["renew"] == nil || len(p.Flows["renew"].Needs) != 5 {
		t.Fatalf("the flow was not read: %+v", p.Flows)
	}
	c := &flows.Campaign{Name: "spring", Flow: p.Flows["renew"], Country: "US"}
	for field, header := range map[string]string{"id": "MemberNo", "phone": "Mobile", "first_name": "First", "birth_year": "Born", "consent": "ConsentDate"} {
		c.Columns = append(c.Columns, flows.Column{Field: field, Header: header})
	}
	return c
}

// now is the clock of these tests.
var now = time.Date(2026, 4, 6, 15, 0, 0, 0, time.UTC)

// rejected is a reject with the cells it came with.
type rejected struct {
	contacts.Reject
	cells []string
}

// read reads a whole list.
func read(t testing.TB, c *flows.Campaign, text string) (rows []contacts.Row, out []rejected, sum contacts.Summary, err error) {
	t.Helper()
	sum, err = contacts.Read(t.Context(), strings.NewReader(text), contacts.Options{Campaign: c, Now: now}, func(r contacts.Row) error {
		rows = append(rows, r)
		return nil
	}, func(why contacts.Reject, cells []string) error {
		out = append(out, rejected{why, append([]string{}, cells...)})
		return nil
	})
	if sum.Rows != int64(len(rows)) || sum.Rejected != int64(len(out)) || sum.Records != sum.Rows+sum.Rejected {
		t.Errorf("the summary says %d records, %d rows, %d rejected; there were %d and %d", sum.Records, sum.Rows, sum.Rejected, len(rows), len(out))
	}
	return rows, out, sum, err
}

const header = "MemberNo,Mobile,First,language,Born,price,ends_on,timezone,ConsentDate\n"

// writeList writes a seeded list of n good rows under header.
func writeList(w io.Writer, n int, seed uint64) error {
	out := bufio.NewWriter(w)
	rng := rand.New(rand.NewPCG(seed, 1))
	areas := []int{212, 312, 415, 303, 602, 713, 305, 206, 617, 404}
	zones := []string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", ""}
	names := []string{"Dana", "Luis", "Kim", "\"Lee, Ann\"", "José", "Priya"}
	_, _ = out.WriteString(header)
	for i := range n {
		fmt.Fprintf(out, "M-%07d,+1%d%d%06d,%s,%s,%d,%d.%02d,2026-05-%02d,%s,2025-%02d-%02d\n",
			i, areas[i%len(areas)], 2+i/10_000_000, i/10%1_000_000, names[rng.IntN(len(names))], []string{"en-US", "es-US", ""}[rng.IntN(3)],
			1940+rng.IntN(60), 20+rng.IntN(200), rng.IntN(100), 1+rng.IntN(28), zones[rng.IntN(len(zones))], 1+rng.IntN(12), 1+rng.IntN(28))
	}
	return out.Flush()
}

func BenchmarkRead(b *testing.B) {
	c := campaign(b)
	var text strings.Builder
	const n = 100_000
	if err := writeList(&text, n, 1); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		sum, err := contacts.Read(b.Context(), strings.NewReader(text.String()), contacts.Options{Campaign: c, Now: now},
			func(contacts.Row) error { return nil }, func(r contacts.Reject, _ []string) error { return fmt.Errorf("%+v", r) })
		if err != nil || sum.Rows != n {
			b.Fatal(sum, err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
