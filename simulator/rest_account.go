package simulator

import "net/http"

func (s *Simulator) restAccount(w http.ResponseWriter, _ *http.Request) {
	a := s.account
	uri := "/2010-04-01/Accounts/" + a.sid
	writeREST(w, http.StatusOK, map[string]any{
		"sid": a.sid, "friendly_name": a.name, "status": "active", "type": "Full", "owner_account_sid": a.sid,
		"auth_token": a.token, "date_created": date(a.created), "date_updated": date(a.created), "uri": uri + ".json",
		"subresource_uris": map[string]string{
			"calls": uri + "/Calls.json", "incoming_phone_numbers": uri + "/IncomingPhoneNumbers.json",
			"messages": uri + "/Messages.json", "notifications": uri + "/Notifications.json", "recordings": uri + "/Recordings.json",
		},
	})
}
