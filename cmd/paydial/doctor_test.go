//go:build !nosimulator

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/paydial/paydial/internal/local"
)

// simulatedEnv is what a person sets to look at what dev runs.
func (d devRun) simulatedEnv() env {
	return env{
		"PAYDIAL_TWILIO_API_URL": d.sim, "PAYDIAL_PUBLIC_URL": d.app, "TWILIO_ACCOUNT_SID": local.AccountSID, "TWILIO_AUTH_TOKEN": local.AuthToken,
	}
}

func TestDoctorBesideDev(t *testing.T) {
	t.Parallel()
	dir := demoProject(t)
	d := startDev(t, nil, "--dir", dir)
	r := paydial(t, d.simulatedEnv(), "doctor", "--dir", dir)
	r.want(t, 0, "Twilio is simulated, at "+d.sim, "+15550100000 leads to us", "has no errors",
		"0 wrong; Twilio is simulated")
	fits(t, "doctor", strings.ReplaceAll(r.out, dir, "DIR"))

	r = paydial(t, d.simulatedEnv(), "doctor", "--dir", dir, "--json")
	r.want(t, 0)
	var all examined
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || !all.OK || !all.Simulated || len(all.Findings) < 8 {
		t.Errorf("%v: %+v", err, all)
	}
	wrong := d.simulatedEnv()
	wrong["TWILIO_AUTH_TOKEN"] = "another"
	paydial(t, wrong, "doctor", "--dir", dir).want(t, exitFailed, "wrong  Twilio does not take the credentials", "1 wrong")
	elsewhere := d.simulatedEnv()
	elsewhere["PAYDIAL_PUBLIC_URL"] = "http://127.0.0.1:1"
	paydial(t, elsewhere, "doctor", "--dir", dir).want(t, exitFailed, "leads elsewhere", "http://127.0.0.1:1/voice, POST")
	clear := d.simulatedEnv()
	clear["PAYDIAL_PUBLIC_URL"] = "http://pay.example.com"
	paydial(t, clear, "doctor", "--dir", dir).want(t, exitSafety, "in the clear")
}

func TestDoctorOfNothing(t *testing.T) {
	t.Parallel()
	archive := "file:" + t.TempDir()
	r := paydial(t, env{"PAYDIAL_ARCHIVE_URL": archive, "PAYDIAL_DATABASE_URL": "sqlite::memory:"}, "doctor", "--dir", t.TempDir())
	r.want(t, exitFailed, "TWILIO_ACCOUNT_SID is not set", "there is no paydial.yaml", "ok     the archive")
	paydial(t, env{"TWILIO_AUTH_TOKEN_FILE": "/nowhere/at/all"}, "doctor").want(t, exitUsage, "TWILIO_AUTH_TOKEN_FILE")
}
