package simulator_test

import (
	"testing"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/paydial/paydial/simulator"
)

// TestCampaignBySDK dials, finds and cancels calls with Twilio's own library, as a dialer does.
func TestCampaignBySDK(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, perSecond(1), withPlainToken, func(cfg *simulator.Config) {
		cfg.Crowd, cfg.Pace = each(), 1
	})
	w.campaign()
	sdk := w.sdk(plainToken)
	p := &api.CreateCallParams{}
	p.SetFrom(line).SetUrl(w.app.srv.URL + "/out?campaign=spring&row=1&attempt=1").SetTimeout(25)
	p.SetMachineDetection("DetectMessageEnd").SetMachineDetectionTimeout(40).SetAsyncAmd("true").SetAsyncAmdStatusCallback(w.app.srv.URL + "/amd")
	p.SetCallReason("Your plan ends").SetStatusCallback(w.app.srv.URL + "/progress").SetStatusCallbackEvent([]string{"completed"})
	var sids []string
	for _, to := range []string{number(0), number(9), number(13)} { // pays, has a voicemail, is busy
		made, err := sdk.CreateCall(p.SetTo(to))
		if err != nil {
			t.Fatal(err)
		}
		sids = append(sids, *made.Sid)
	}
	if made, err := sdk.FetchCall(sids[2], nil); err != nil || *made.Status != "queued" || *made.QueueTime != "2000" {
		t.Errorf("%+v %v", made, err)
	}
	waiting, err := sdk.CreateCall(p.SetTo(number(0)))
	if err != nil {
		t.Fatal(err)
	}
	cancel := &api.UpdateCallParams{}
	if got, err := sdk.UpdateCall(*waiting.Sid, cancel.SetStatus("canceled")); err != nil || *got.Status != "canceled" {
		t.Errorf("%+v %v", got, err)
	}
	w.advance("2m")
	for i, want := range []struct{ status, by string }{{"completed", "human"}, {"completed", "machine_end_beep"}, {"busy", ""}} {
		got, err := sdk.FetchCall(sids[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		by := ""
		if got.AnsweredBy != nil {
			by = *got.AnsweredBy
		}
		if *got.Status != want.status || by != want.by {
			t.Errorf("%d: %s by %q, want %+v", i, *got.Status, by, want)
		}
	}
	list := &api.ListCallParams{}
	list.SetTo(number(0)).SetFrom(line).SetStartTimeAfter(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)).SetPageSize(1)
	all, err := sdk.ListCall(list)
	if err != nil || len(all) != 2 || *all[0].Sid != *waiting.Sid || *all[1].Sid != sids[0] {
		t.Errorf("%d calls, %v", len(all), err)
	}
	if paid := w.placedAfter(0)[0].Paid; len(paid) != 1 || paid[0].Amount != "12.50" {
		t.Errorf("%+v", paid)
	}
	w.ctl("PUT", "/faults", map[string]any{"rest": map[string]any{"too_many_percent": 100}}, nil)
	if _, err := sdk.CreateCall(p); codeOf(err) != 20429 {
		t.Errorf("%v", err)
	}
}
