package simulator

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

func (s *Simulator) notificationResource(n notice) map[string]any {
	log := "0" // error
	if n.level() == "warning" {
		log = "1"
	}
	return map[string]any{
		"sid": n.sid, "account_sid": s.account.sid, "call_sid": n.call, "api_version": "2010-04-01", "log": log,
		"error_code": strconv.Itoa(n.code), "more_info": fmt.Sprintf("https://www.twilio.com/docs/errors/%d", n.code),
		"message_text": url.QueryEscape(n.text), "message_date": date(n.at), "request_url": n.url, "request_method": n.method,
		"date_created": date(n.at), "date_updated": date(n.at),
		"uri": "/2010-04-01/Accounts/" + s.account.sid + "/Notifications/" + n.sid + ".json",
	}
}

func (s *Simulator) restListNotifications(w http.ResponseWriter, r *http.Request) {
	page := listing{key: "notifications"}
	for _, n := range s.notices.of(sidOf(r, "sid")) {
		res := s.notificationResource(n)
		if matches(r.Form, "Log", res["log"].(string)) {
			page.add(n.sid, res)
		}
	}
	writePage(w, r, page)
}

func (s *Simulator) restFetchNotification(w http.ResponseWriter, r *http.Request) {
	for _, n := range s.notices.of("") {
		if n.sid == sidOf(r, "sid") {
			writeREST(w, http.StatusOK, s.notificationResource(n))
			return
		}
	}
	s.restNothing(w, r)
}
