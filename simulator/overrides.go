package simulator

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// overrides are how a webhook's connection is made; a URL's fragment changes them (#rc=2&rp=all).
type overrides struct {
	connect time.Duration // ct
	read    time.Duration // rt
	total   time.Duration // tt, over all tries
	retries int           // rc
	retryOn map[string]bool
}

// failures that rp can name
const (
	failConnect = "ct"
	failRead    = "rt"
	fail4xx     = "4xx"
	fail5xx     = "5xx"
)

func defaultOverrides() overrides {
	return overrides{
		connect: 5 * time.Second, read: 15 * time.Second, total: 15 * time.Second,
		retries: 1, retryOn: map[string]bool{failConnect: true},
	}
}

// parseOverrides reads a fragment. An unknown key is left alone, a value out of range is a *documentError.
func parseOverrides(fragment string) (overrides, error) {
	o := defaultOverrides()
	values, err := url.ParseQuery(fragment)
	if err != nil {
		return o, nil //nolint:nilerr // a fragment that is no override is just a fragment
	}
	for _, t := range []struct {
		key string
		to  *time.Duration
	}{{"ct", &o.connect}, {"rt", &o.read}, {"tt", &o.total}} {
		if !values.Has(t.key) {
			continue
		}
		ms, err := strconv.Atoi(values.Get(t.key))
		if err != nil || ms < 100 || ms > 15000 {
			return o, &documentError{11100, fmt.Sprintf("%s=%s in the URL's fragment: 100 to 15000 is meant", t.key, values.Get(t.key))}
		}
		*t.to = time.Duration(ms) * time.Millisecond
	}
	if values.Has("rc") {
		n, err := strconv.Atoi(values.Get("rc"))
		if err != nil || n < 0 || n > 5 {
			return o, &documentError{11100, fmt.Sprintf("rc=%s in the URL's fragment: 0 to 5 is meant", values.Get("rc"))}
		}
		o.retries = n
	}
	if values.Has("rp") {
		return o, o.setPolicy(values.Get("rp"))
	}
	return o, nil
}

func (o *overrides) setPolicy(list string) error {
	o.retryOn = map[string]bool{}
	for policy := range strings.SplitSeq(list, ",") {
		switch policy {
		case "all":
			for _, p := range []string{failConnect, failRead, fail4xx, fail5xx} {
				o.retryOn[p] = true
			}
		case failConnect, failRead, fail4xx, fail5xx:
			o.retryOn[policy] = true
		default:
			return &documentError{11243, fmt.Sprintf("rp=%s in the URL's fragment: %q is none of 4xx, 5xx, ct, rt, all", list, policy)}
		}
	}
	return nil
}
