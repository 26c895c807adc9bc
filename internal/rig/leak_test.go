package rig_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/redis/go-redis/v9"

	"github.com/paydial/paydial/internal/caller"
	"github.com/paydial/paydial/internal/redistest"
	"github.com/paydial/paydial/internal/rig"
	"github.com/paydial/paydial/simulator/habit"
)

// sharedRange is how all the numbers begin, in the way of published test numbers.
const sharedRange = "40000012"

// secret is a card that one call pays with: none of its parts longer than four digits may be found anywhere.
type secret struct{ number, code string }

// secrets makes distinct numbers with a right check digit. The second series lies between the numbers of the
// first, so that both have the same look.
func secrets(series int) []secret {
	out := make([]secret, leakCalls)
	for i := range out {
		body := fmt.Sprintf("%s%07d", sharedRange, 3_141_593+(2*i+series)*7_919)
		out[i] = secret{number: body + checkDigit(body), code: fmt.Sprintf("%03d", i)}
	}
	return out
}

// checkDigit is the digit that makes a number pass the Luhn check.
func checkDigit(body string) string {
	sum := 0
	for i := range len(body) {
		d := int(body[len(body)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return string([]byte{'0' + byte((10-sum%10)%10)})
}

// parts are the runs of n digits of a number that not all of the numbers share.
func (s secret) parts(n int) []string {
	var out []string
	for i := 0; i+n <= len(s.number); i++ {
		if p := s.number[i : i+n]; !strings.Contains(sharedRange, p) {
			out = append(out, p)
		}
	}
	return out
}

// longPart cannot stand in a dump by chance (the nanoseconds of a timestamp have nine digits); shortPart can, and is
// therefore counted against a control group.
const longPart, shortPart = 10, 7

// around is how much beside a piece tells two places from one that was copied.
const around = 8

// partsOf are the parts of n digits of all the secrets.
func partsOf(all []secret, n int) map[string]bool {
	parts := map[string]bool{}
	for _, s := range all {
		for _, p := range s.parts(n) {
			parts[p] = true
		}
	}
	return parts
}

// each calls do with every run of n digits in text, and where it is.
func each(text []byte, n int, do func(run string, at int)) {
	digits := 0
	for i, c := range text {
		if c < '0' || c > '9' {
			digits = 0
			continue
		}
		if digits++; digits >= n {
			do(string(text[i+1-n:i+1]), i+1-n)
		}
	}
}

// found tells a long part of a secret that text holds, plain or with the usual separators taken out; "" for none.
func found(text []byte, all []secret) (part string) {
	squeezed := strings.NewReplacer(" ", "", "-", "", "%20", "", "+", "").Replace(string(text))
	parts := partsOf(all, longPart)
	for _, text := range [][]byte{text, []byte(squeezed)} {
		each(text, longPart, func(run string, _ int) {
			if parts[run] {
				part = run
			}
		})
	}
	return part
}

// moments are times in milliseconds since 1970, as stream IDs and scores have them: no card number begins like
// them, and during one run they all share their first digits, which is not what chance would do.
var moments = regexp.MustCompile(`\b1[789][0-9]{11}\b|\b1\.[789][0-9]+e\+12\b`)

// shortHits counts how often short parts of the secrets stand in text, from which the moments were taken out.
func shortHits(text []byte, all []secret) int {
	parts, hits := partsOf(all, shortPart), map[string]bool{}
	each(text, shortPart, func(run string, at int) {
		if parts[run] { // a database keeps old copies of its pages: the same words around a piece are the same piece
			hits[string(text[max(at-around, 0):min(at+shortPart+around, len(text))])] = true
		}
	})
	return len(hits)
}

// leaksShort tells whether the short parts of the numbers that were keyed stand in text more often than those
// of numbers that nobody keyed. A place that shows seven digits of each number shows them once for each call.
func leaksShort(text []byte, keyed, control []secret) bool {
	byChance := float64(shortHits(text, control))
	return float64(shortHits(text, keyed)) > byChance+5*math.Sqrt(byChance)+leakCalls/4
}

// TestNoCardNumberAnywhere makes paid calls with distinct numbers and searches everything that is kept,
// logged, shown or answered: Redis, the database's files, the logs at debug level, the API, the pages and the
// simulator's answers. It first finds a planted number, so that the search is known to work.
func TestNoCardNumberAnywhere(t *testing.T) {
	redisURL := redistest.Real(t)
	data := t.TempDir()
	c := rig.StartParts(t, rig.Parts{
		Servers: 1, RedisURL: redisURL, DatabaseURL: "sqlite:" + filepath.Join(data, "paydial.db"), Dir: projectDir(t),
		Simulator: []string{"--connector", "sandbox,cards=any", "--log-level", "debug"}, LogLevel: "debug",
	})
	all, control := secrets(0), secrets(1)
	payAll(t, c, all)
	if n := len(c.Charges()); n != leakCalls {
		t.Fatalf("%d charges, want %d", n, leakCalls)
	}
	places := map[string][]byte{
		"server log":    []byte(c.Servers[0].Log()),
		"simulator log": []byte(c.Simulator.Log()),
		"redis":         dumpRedis(t, redisURL),
		"database":      readAll(t, data),
		"api":           []byte(c.Get(c.AppURL+"/api/v1/calls?limit=200") + c.Get(c.AppURL+"/api/v1/payments?limit=200")),
		"pages":         []byte(c.Get(c.AppURL+"/calls") + c.Get(c.AppURL+"/payments") + c.Get(c.AppURL+"/")),
		"charges":       []byte(c.Get(c.SimURL + "/sim/v1/charges")),
		"calls":         []byte(eachCall(t, c)),
	}
	for name, text := range places {
		if len(text) < 1000 && name != "simulator log" { // it has little to say
			t.Errorf("%s has only %d bytes: there is nothing to search in", name, len(text))
		}
		if p := found(text, all); p != "" {
			t.Errorf("%s holds %q, a part of a card number", name, p)
		}
		planted := append(bytes.Clone(text), []byte("x"+all[7].number+"x")...)
		if found(planted, all) == "" {
			t.Errorf("%s: the search does not find a planted number", name)
		}
		timeless := moments.ReplaceAll(text, nil)
		if leaksShort(timeless, all, control) {
			t.Errorf("%s holds more pieces of seven digits of the numbers than chance would put there", name)
		}
		for _, s := range all {
			timeless = append(timeless, " "+s.number[8:15]...)
		}
		if !leaksShort(timeless, all, control) {
			t.Errorf("%s: the search does not find planted pieces", name)
		}
	}
}

// payAll makes one paid call with each card, sixteen at a time.
func payAll(t *testing.T, c *rig.Cluster, all []secret) {
	t.Helper()
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, s := range all {
		script := rig.Script(t, "1,12345678,1", "")
		script.Cards = []caller.Card{{Card: habit.Card{Number: s.number, Expiry: "1230", Code: s.code, PostalCode: "94109"}}}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			if got, err := c.TryCall(script); err != nil || got.Outcome != "paid" {
				t.Errorf("call: %v, outcome %q", err, got.Outcome)
			}
		})
	}
	wg.Wait()
}

// eachCall is what app and simulator answer about every single call.
func eachCall(t *testing.T, c *rig.Cluster) string {
	t.Helper()
	var list struct {
		Items []struct {
			CallSID string `json:"call_sid"`
		} `json:"items"`
	}
	if err := c.TryAPI(context.Background(), "/api/v1/calls?limit=200", &list); err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != leakCalls {
		t.Fatalf("the API lists %d calls, want %d", len(list.Items), leakCalls)
	}
	var b strings.Builder
	for _, call := range list.Items {
		for _, url := range []string{
			c.AppURL + "/api/v1/calls/" + call.CallSID, c.AppURL + "/calls/" + call.CallSID,
			c.SimURL + "/sim/v1/calls/" + call.CallSID, c.SimURL + "/sim/v1/calls/" + call.CallSID + "/webhooks",
		} {
			b.WriteString(c.Get(url))
		}
	}
	return b.String()
}

// dumpRedis is every key of Redis with its value.
func dumpRedis(t *testing.T, url string) []byte {
	t.Helper()
	o, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	client := redis.NewClient(o)
	defer client.Close()
	ctx := context.Background()
	var b bytes.Buffer
	keys := client.Scan(ctx, 0, "*", 1000).Iterator()
	for keys.Next(ctx) {
		key := keys.Val()
		var value any
		switch kind := client.Type(ctx, key).Val(); kind {
		case "string":
			value = client.Get(ctx, key).Val()
		case "hash":
			value = client.HGetAll(ctx, key).Val()
		case "stream":
			value = client.XRange(ctx, key, "-", "+").Val()
		case "zset":
			value = client.ZRangeWithScores(ctx, key, 0, -1).Val()
		case "set":
			value = client.SMembers(ctx, key).Val()
		case "list":
			value = client.LRange(ctx, key, 0, -1).Val()
		case "none": // a task of the queue, which was done a moment ago
			continue
		default:
			t.Errorf("redis key %s has type %s, which is not searched", key, kind)
		}
		fmt.Fprintf(&b, "%s %v\n", key, value)
	}
	if err := keys.Err(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// readAll is every file below dir, one after the other.
func readAll(t *testing.T, dir string) []byte {
	t.Helper()
	var b bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		b.Write(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
