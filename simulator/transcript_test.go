package simulator_test

import (
	"testing"
)

// TestTranscript transcribes a recording without PCI Mode, and not with it.
func TestTranscript(t *testing.T) {
	t.Parallel()
	w := newWorld(t, manual, withoutPCI, withPlainToken)
	w.app.on("/voice", `<Record action="/done" transcribe="true" transcribeCallback="/text" timeout="0"/>`)
	w.app.on("/done", `<Hangup/>`)
	record := func(words, took string) {
		sid := w.ring()
		w.waits(sid, "record")
		if words != "" {
			w.says(sid, words)
		}
		w.advance(took)
		w.keys(sid, "#")
		w.ended(sid)
	}
	record("My number is 4242 4242 4242 4242.", "7s")
	sdk := w.sdk(plainToken)
	all, err := sdk.ListTranscription(nil)
	if err != nil || len(all) != 1 || *all[0].Status != "completed" || *all[0].TranscriptionText != "My number is xxxx xxxx xxxx 4242." || *all[0].Duration != "7" {
		t.Fatalf("%+v %v", all, err)
	}
	wantForm(t, w.app.await(t, "/text", 1).form, map[string]string{
		"TranscriptionSid": *all[0].Sid, "TranscriptionStatus": "completed", "RecordingSid": *all[0].RecordingSid, "TranscriptionText": *all[0].TranscriptionText,
	})
	if got, err := sdk.FetchRecordingTranscription(*all[0].RecordingSid, *all[0].Sid, nil); err != nil || *got.Sid != *all[0].Sid {
		t.Errorf("%+v %v", got, err)
	}
	record("", "1s")
	wantForm(t, w.app.await(t, "/text", 2).form, map[string]string{"TranscriptionStatus": "failed", "TranscriptionText": ""})
	if code, body := w.rest("POST", "/Transcriptions.json"); code != 405 {
		t.Errorf("created: %d %v", code, body)
	}
	if err := sdk.DeleteTranscription(*all[0].Sid, nil); err != nil {
		t.Error(err)
	}
	if err := sdk.DeleteTranscription(*all[0].Sid, nil); codeOf(err) != 20404 {
		t.Errorf("deleted twice: %v", err)
	}
	if _, err := sdk.FetchTranscription(*all[0].Sid, nil); codeOf(err) != 20404 {
		t.Errorf("fetched after that: %v", err)
	}
	w.ctl("PUT", "/account", map[string]any{"pci_mode": true}, nil)
	record("Hello", "7s")
	calls, _ := sdk.ListCall(nil)
	w.logged(*calls[0].Sid, 13619)
	if all, err := sdk.ListTranscription(nil); err != nil || len(all) != 1 || *all[0].Status != "failed" {
		t.Errorf("%+v %v", all, err)
	}
	if code, body := w.rest("POST", "/Recordings/"+*all[0].RecordingSid+"/Transcriptions.json"); code != 400 || body["code"] != 13619.0 {
		t.Errorf("created in PCI Mode: %d %v", code, body)
	}
}
