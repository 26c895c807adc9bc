package simulator

import (
	"net/http"
	"net/url"
)

func (s *Simulator) numberResource(n number) map[string]any {
	uri := "/2010-04-01/Accounts/" + s.account.sid + "/IncomingPhoneNumbers/" + n.sid + ".json"
	or := func(method string) string {
		if method == "" {
			return http.MethodPost
		}
		return method
	}
	return map[string]any{
		"sid": n.sid, "account_sid": s.account.sid, "friendly_name": n.name, "phone_number": n.phone, "api_version": "2010-04-01",
		"voice_url": n.voiceURL, "voice_method": or(n.voiceMethod), "voice_fallback_url": n.fallbackURL,
		"voice_fallback_method": or(n.fallbackMethod), "voice_caller_id_lookup": false, "voice_receive_mode": "voice",
		"voice_application_sid": "", "trunk_sid": nil, "status_callback": n.statusURL, "status_callback_method": or(n.statusMethod),
		"capabilities": map[string]bool{"voice": true, "sms": true, "mms": false, "fax": false}, "beta": false, "origin": "twilio",
		"status": "in-use", "type": nil, "address_requirements": "none",
		"address_sid": nil, "bundle_sid": nil, "identity_sid": nil, "emergency_address_sid": nil, "emergency_status": "Inactive",
		"emergency_address_status": "unregistered", "sms_application_sid": "", "sms_url": "", "sms_method": http.MethodPost,
		"sms_fallback_url": "", "sms_fallback_method": http.MethodPost, "date_created": date(n.created), "date_updated": date(n.updated), "uri": uri,
	}
}

func (s *Simulator) restListNumbers(w http.ResponseWriter, r *http.Request) {
	page := listing{key: "incoming_phone_numbers"}
	for _, n := range s.numbers.list() {
		if matches(r.Form, "PhoneNumber", n.phone) && matches(r.Form, "FriendlyName", n.name) {
			page.add(n.sid, s.numberResource(n))
		}
	}
	writePage(w, r, page)
}

func (s *Simulator) restCreateNumber(w http.ResponseWriter, r *http.Request) {
	phone := r.Form.Get("PhoneNumber")
	if !isE164(phone) {
		restError(w, http.StatusBadRequest, 21421, "PhoneNumber is invalid")
		return
	}
	if _, taken := s.numbers.get(phone); taken {
		restError(w, http.StatusBadRequest, 21422, phone+" is not available.")
		return
	}
	now := s.clock.now()
	n := number{sid: s.ids.sid("PN"), phone: phone, name: phone, created: now}
	s.saveNumber(w, r, n, http.StatusCreated)
}

func (s *Simulator) restFetchNumber(w http.ResponseWriter, r *http.Request) {
	n, ok := s.numbers.bySID(sidOf(r, "sid"))
	if !ok {
		s.restNothing(w, r)
		return
	}
	writeREST(w, http.StatusOK, s.numberResource(n))
}

func (s *Simulator) restUpdateNumber(w http.ResponseWriter, r *http.Request) {
	n, ok := s.numbers.bySID(sidOf(r, "sid"))
	if !ok {
		s.restNothing(w, r)
		return
	}
	s.saveNumber(w, r, n, http.StatusOK)
}

func (s *Simulator) restDeleteNumber(w http.ResponseWriter, r *http.Request) {
	n, ok := s.numbers.bySID(sidOf(r, "sid"))
	if !ok {
		s.restNothing(w, r)
		return
	}
	s.numbers.remove(n.phone)
	w.WriteHeader(http.StatusNoContent)
}

// saveNumber takes over what the form sets, keeps the number and shows it.
func (s *Simulator) saveNumber(w http.ResponseWriter, r *http.Request, n number, status int) {
	if no := n.take(r.Form); no != nil {
		restError(w, http.StatusBadRequest, no.code, no.text)
		return
	}
	n.updated = s.clock.now()
	s.numbers.put(n)
	writeREST(w, status, s.numberResource(n))
}

// take sets what a form names; an empty value takes an address away.
func (n *number) take(form url.Values) *refusal {
	for name, to := range map[string]*string{"VoiceUrl": &n.voiceURL, "VoiceFallbackUrl": &n.fallbackURL, "StatusCallback": &n.statusURL} {
		if !form.Has(name) {
			continue
		}
		v, err := formURL(form, name)
		if err != nil {
			return &refusal{21502, name + " is not a valid URL: " + form.Get(name)}
		}
		*to = v
	}
	for name, to := range map[string]*string{
		"VoiceMethod": &n.voiceMethod, "VoiceFallbackMethod": &n.fallbackMethod, "StatusCallbackMethod": &n.statusMethod,
	} {
		if !form.Has(name) {
			continue
		}
		if !validMethod(form.Get(name)) {
			return &refusal{21403, name + " is neither GET nor POST"}
		}
		*to = form.Get(name)
	}
	if v := form.Get("FriendlyName"); v != "" {
		n.name = v
	}
	return nil
}
