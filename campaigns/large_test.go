package campaigns_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/paydial/paydial/campaigns"
	"github.com/paydial/paydial/db"
	"github.com/paydial/paydial/flows"
)

// BenchmarkStatus tells how a campaign of PAYDIAL_PEOPLE people (20,000 without it) is read in, and how long its status takes
// when it is counted anew, and who is due.
func BenchmarkStatus(b *testing.B) {
	people := 20_000
	if s := os.Getenv("PAYDIAL_PEOPLE"); s != "" {
		if _, err := fmt.Sscan(s, &people); err != nil {
			b.Fatal(err)
		}
	}
	bundle, err := flows.ReadBundle(os.DirFS(checkProject))
	if err != nil {
		b.Fatal(err)
	}
	project, _ := flows.Load(bundle)
	d, err := db.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "a.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	open := func() *campaigns.Campaigns {
		c, err := campaigns.New(b.Context(), campaigns.Config{DB: d, Project: func() *flows.Project { return project }})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	from, to := io.Pipe()
	go func() {
		_, _ = io.WriteString(to, listHeader)
		for i := range people {
			fmt.Fprintf(to, "M-%d,+1%03d555%04d,Dana,en-US,1984,Green Saver,129.00,2027-05-04,America/Chicago,2025-05-01\n", i, 212+i/10_000, i%10_000)
		}
		to.Close()
	}()
	began := time.Now()
	made, report, err := open().Create(b.Context(), campaigns.CreateRequest{File: file("spring"), Contacts: from})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d people (%d will be rung) read in within %s", made.People, report.Will, time.Since(began).Round(time.Millisecond))
	if _, _, err := open().Create(b.Context(), campaigns.CreateRequest{File: file("summer"), Contacts: strings.NewReader(list(0, 10))}); err != nil {
		b.Fatal(err)
	}
	c := open()
	b.Run("status", func(b *testing.B) {
		for b.Loop() {
			if st, err := open().Status(b.Context(), "spring"); err != nil || st.Counts.Total != made.People {
				b.Fatal(err)
			}
		}
	})
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			if st, err := c.Status(b.Context(), "spring"); err != nil || st.Counts.Total != made.People {
				b.Fatal(err)
			}
		}
	})
}
