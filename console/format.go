package console

import (
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/paydial/paydial/sessions"
)

// helpers are what the page templates may call.
var helpers = template.FuncMap{
	"t": t, "phone": phone, "plain": plain, "short": shortSID, "duration": duration, "brand": brandName,
	"day": day, "size": bytesWords, "count": count, "sum": sumWords, "onLine": onLine, "link": webLink, "join": func(all []string) string { return strings.Join(all, ", ") },
	"mood": func(word string) string { mood, _ := moodOf(word); return mood },
	"mark": func(word string) string { _, mark := moodOf(word); return mark },
	"iso":  func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	"hash": func(hash string) string { return hash[:min(len(hash), 8)] },
}

// phone writes an E.164 number in groups where its country is known to us, and leaves every other as it is.
func phone(number string) string {
	if len(number) == 12 && strings.HasPrefix(number, "+1") {
		return number[:2] + " " + number[2:5] + " " + number[5:8] + " " + number[8:]
	}
	return number
}

// shortSID keeps both ends of an id: enough to tell two apart, and to find one in a log.
func shortSID(sid string) string {
	if len(sid) <= 12 {
		return sid
	}
	return sid[:6] + "…" + sid[len(sid)-4:]
}

// duration is minutes and seconds, with hours where there are any.
func duration(d time.Duration) string {
	s := max(0, int(d.Round(time.Second)/time.Second))
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}

// brandName writes a card brand as its owner does.
func brandName(brand string) string {
	switch brand {
	case "amex", "jcb":
		return map[string]string{"amex": "Amex", "jcb": "JCB"}[brand]
	case "diners-club":
		return "Diners Club"
	case "":
		return ""
	}
	return strings.ToUpper(brand[:1]) + brand[1:]
}

// shownPayment is the last payment of a call, as its session has it.
type shownPayment struct {
	Result       string `json:"result"`
	Amount       string `json:"amount"`
	Currency     string `json:"currency"`
	Brand        string `json:"brand"`
	Last4        string `json:"last4"`
	Confirmation string `json:"confirmation"`
}

// paymentOf reads a session's payment; nil before the first.
func paymentOf(s sessions.Session) *shownPayment {
	if len(s.Payment) == 0 {
		return nil
	}
	p := &shownPayment{}
	if json.Unmarshal(s.Payment, p) != nil || p.Result == "" {
		return nil
	}
	p.Last4 = p.Last4[max(0, len(p.Last4)-4):] // whatever was written there, no more of it is shown
	return p
}

// webLink is a text that is the address of a page on the web, and "" for any other.
func webLink(text string) string {
	if strings.HasPrefix(text, "https://") && !strings.ContainsAny(text, " \t\n") {
		return text
	}
	return ""
}
