package backoffice

import "time"

// slowness is how long the slow account takes: longer than a caller should be left in silence, shorter than
// the demo project's timeout.
const slowness = 3 * time.Second

// account is one customer. fails and slow are what the demo is for: showing how a flow copes.
type account struct {
	name    string
	balance string
	zip     string
	autopay bool
	fails   bool
	slow    bool
}

var accounts = map[string]account{
	"12345678": {name: "Dana Fox", balance: "84.20", zip: "94109"},
	"23456789": {name: "Luis Ortega", balance: "1.01", zip: "78701"},
	"10000000": {name: "Kim Tran", balance: "0.00", zip: "10001", autopay: true},
	"20000000": {name: "Ada Obi", balance: "1845.99", zip: "60601"},
	"30000000": {name: "North Pier Bakery", balance: "12500.00", zip: "33101"},
	"50000000": {name: "Al Broken", fails: true},
	"50400000": {name: "Sam Slow", balance: "84.20", zip: "94109", slow: true},
}

// leadTime is the least number of days between a call and the day its bill is due.
const leadTime = 5

// dueOn is the next 15th of a month that leaves the customer some days: a bill in a demo is never overdue.
func dueOn(now time.Time) string {
	year, month, day := now.AddDate(0, 0, leadTime).Date()
	if day > 15 {
		month++
	}
	return time.Date(year, month, 15, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
