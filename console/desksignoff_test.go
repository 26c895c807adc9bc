package console_test

import (
	"net/http"
	"net/url"
	"testing"
)

// TestSigningOffCancels leaves the desk in the middle of a payment: it is cancelled, and says why.
func TestSigningOffCancels(t *testing.T) {
	t.Parallel()
	d := openDesk(t)
	kim, sam := d.signedIn(t, "kim"), d.signedIn(t, "sam")
	id, _ := kim.wish("/calls/"+d.call+"/payments", `{}`, "Idempotency-Key", "k").read(t)["id"].(string)
	if got := kim.post("/sign-out", url.Values{"csrf": {kim.csrf()}}); got.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign out: %d", got.StatusCode)
	}
	p := d.until(sam, id, "the end", func(p map[string]any) bool { return p["state"] == "cancelled" })
	if trouble, _ := p["trouble"].(map[string]any); trouble["code"] != "signed_off" {
		t.Errorf("trouble %v", p["trouble"])
	}
}
