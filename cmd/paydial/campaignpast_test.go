package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPastCallsCount takes in calls of another system, and sees a check and a limit count them.
func TestPastCallsCount(t *testing.T) {
	t.Parallel()
	dir := renewalsProject(t)
	e := env{"PAYDIAL_DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "p.db"), "USER": "kim"}
	file := filepath.Join(t.TempDir(), "old.csv")
	past := []string{"campaign", "past", file, "--source", "old dialer"}
	write(t, file, "phone,at\n+15550141960,2027-04-05T14:00:00Z\n")
	paydial(t, e, past...).want(t, exitNotFound, "there is no database")
	write(t, strings.TrimPrefix(e["PAYDIAL_DATABASE_URL"], "sqlite:"), "")

	write(t, file, "phone,debt_id\n+15550141960,D-1\n")
	paydial(t, e, past...).want(t, exitFindings, "no column says when the calls were made", "phone, at")
	paydial(t, e, "campaign", "past", file+".gone").want(t, exitNotFound, "there is no file")

	write(t, file, "phone,at,debt_id,talked\n"+
		"+1 555 014 1960,2027-04-05T14:00:00Z,,no\n"+ // today, on the check's clock
		"+15550141967,2027-04-04,D-7,yes\n"+
		"1.5555E+10,2027-04-04,,\n"+
		"+15550141968,03/04/2027,,\n"+
		"+15550141968,2027-04-04,,perhaps\n")
	paydial(t, e, append(past, "--dry-run")...).want(t, 0, "2  calls would be taken in", "3  rows cannot be read", "Nothing was changed")
	rejected := filepath.Join(filepath.Dir(file), "rejected.csv")
	paydial(t, e, append(past, "--rejected", rejected)...).want(t, 0, "2  calls taken in", "0  are there already", "see "+rejected)
	paydial(t, e, past...).want(t, 0, "0  calls taken in", "2  are there already")
	text, err := os.ReadFile(rejected)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"4,phone,bad_number", "5,at,bad_value:at,\"a date and time such as", "6,talked,bad_value:talked,yes or no,"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the rejected rows lack %q:\n%s", want, text)
		}
	}
	r := paydial(t, e, "campaign", "check", filepath.Join(dir, renewalsFile), "--at", atMonday, "--no-rejected", "--json")
	r.want(t, 0, `"server_looked_at": true`)
	paydial(t, e, "audit", "list").want(t, 0, "campaign.past", "kim")
}
