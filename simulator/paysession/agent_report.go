package paysession

import (
	"net/url"
	"slices"
	"strings"
)

// Start is the status callback of a session that was opened.
func (s *Agent) Start() Status { return Status{s.common()} }

// common is what every status callback but the last carries.
func (s *Agent) common() url.Values {
	v := url.Values{}
	v.Set("PaymentConnector", s.cfg.Connector)
	v.Set("PaymentMethod", string(s.cfg.Method))
	if s.cfg.Task() == Charge {
		v.Set("ChargeAmount", s.cfg.Amount)
	} else {
		v.Set("TokenType", s.cfg.TokenType)
	}
	if s.cfg.BankAccountType != "" {
		v.Set("BankAccountType", s.cfg.BankAccountType)
	}
	return v
}

// parameter is the name under which a field is reported.
func (f Field) parameter() string {
	switch f {
	case CardNumber:
		return "PaymentCardNumber"
	case Expiration:
		return "ExpirationDate"
	case SecurityCode:
		return "SecurityCode"
	case PostalCode:
		return "PaymentCardPostalCode"
	case RoutingNumber:
		return "BankRoutingNumber"
	case AccountNumber:
		return "BankAccountNumber"
	case Processing, Confirmation:
	}
	return ""
}

// Report is a status callback of a capture as things stand: why it failed, or that it goes on, or neither when it
// was taken. Of what is being typed it shows one x for each digit.
func (s *Agent) Report(c Capture, why Failure, partial bool) Status {
	v := s.common()
	for key, value := range s.captured() {
		if value != "" {
			v.Set(key, value)
		}
	}
	if s.state == agentTyping && s.entry.Len() > 0 {
		v.Set(s.asked.Field.parameter(), s.entry.String())
		if s.asked.Field == CardNumber {
			v.Del("PaymentCardType")
			if s.entry.Shares(s.postal) {
				v.Del("PaymentCardPostalCode")
			}
		}
	}
	v.Set("Required", strings.Join(s.missing(), ","))
	if c.Field != "" {
		v.Set("Capture", c.String())
	}
	if why != "" {
		v.Set("ErrorType", string(why))
	}
	switch {
	case partial:
		v.Set("PartialResult", "true")
	case s.cfg.FinalPartial != "":
		v.Set("PartialResult", s.cfg.FinalPartial)
	}
	return Status{v}
}

// Required is what is still to be collected, in the spelling of Capture.
func (s *Agent) Required() []string { return s.missing() }

// missing is what is still to be collected, in the spelling of Capture. A field that has to be typed twice is
// listed as its matcher as well, until that was typed.
func (s *Agent) missing() []string {
	all := []string{}
	required := s.cfg.steps()
	for _, f := range []Field{CardNumber, Expiration, SecurityCode, PostalCode, RoutingNumber, AccountNumber} {
		if !slices.Contains(required, f) {
			continue
		}
		if !s.has(f) {
			all = append(all, Capture{Field: f}.String())
		}
		if slices.Contains(s.cfg.Matching, f) && !s.matched[f] {
			all = append(all, Capture{f, true}.String())
		}
	}
	return all
}

// done ends the session. The three ids are always there, and empty where there is none.
func (s *Agent) done(r Result, a Answer) Done {
	v := url.Values{}
	for key, value := range s.captured() {
		if value != "" {
			v.Set(key, value)
		}
	}
	setResult(v, r, a)
	if a.Text == "" {
		v.Del("PaymentError")
	}
	v.Set("PaymentMethod", string(s.cfg.Method))
	if r == Success {
		v.Set(s.cfg.Task().id(), a.ID)
		v.Set("ProfileId", a.ProfileID)
	}
	s.state = agentOver
	s.wipe()
	s.postal = ""
	return Done{r, v}
}

// question asks the caller to confirm, by the last four digits.
func (s *Agent) question() string {
	what, last := "card", s.number.Last4()
	if s.cfg.Method == ACHDebit {
		what, last = "bank account", s.account.Last4()
	}
	if last != "" {
		what += " ending in " + strings.Join(strings.Split(last, ""), " ")
	}
	return "You entered the " + what + ". To confirm, press 1. To cancel, press 2."
}
